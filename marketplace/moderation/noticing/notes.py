"""Bursts of near-identical cover notes: pure functions, linear in the number of notes however many are the same.

Similarity is the Jaccard index of the notes' three-word shingles. Two notes are compared only if they share one of
their eight smallest shingle hashes, as near-identical ones almost surely do (bottom-k sketches: Broder, "On the
resemblance and containment of documents", 1997); and only with a group's first note, so that a thousand equal notes
cost a thousand comparisons.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SHINGLE = 3
"""Words per shingle; notes are short."""
SKETCH = 8
ALIKE = 0.7
"""Changing two words of forty (a name and a title, say) leaves 0.73; answers of two people to one spec
share under 0.2.
"""
MAX_GROUPS = 20
"""Leading words compared; a common ending alone makes no near-identical notes."""
MAX_WORDS = 300
"""Words read of a note; notes that differ in them are not near-identical."""
WITHIN = timedelta(hours=1)
JOBS, PEOPLE = 5, 3
"""Thresholds within an hour: one account on this many jobs, or this many accounts."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Note:
    """A placed bid's cover note."""

    bid_id: int
    person_id: int
    job_id: int
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Burst:
    """Near-identical notes within an hour, in order of time."""

    notes: Sequence[Note]

    @property
    def jobs(self) -> int:
        return len({note.job_id for note in self.notes})

    @property
    def people(self) -> int:
        return len({note.person_id for note in self.notes})


def bursts(notes: Iterable[Note]) -> list[Burst]:
    """All bursts among these notes; no note is in two."""
    return [burst for group in alike(notes) if (burst := _burst_of(group)) is not None]


def alike(notes: Iterable[Note]) -> list[list[Note]]:
    """Groups of two or more near-identical notes, each in order of time."""
    groups: list[tuple[frozenset[int], list[Note]]] = []
    index: dict[int, list[int]] = defaultdict(list)
    for note in sorted(notes, key=lambda one: (one.at, one.bid_id)):
        shingles = shingles_of(note.text)
        sketch = sorted(shingles)[:SKETCH]
        nearest = dict.fromkeys(group for key in sketch for group in index[key])
        home = next((group for group in nearest if likeness(shingles, groups[group][0]) >= ALIKE), None)
        if home is not None:
            groups[home][1].append(note)
            continue
        for key in sketch:
            if len(index[key]) < MAX_GROUPS:
                index[key].append(len(groups))
        groups.append((shingles, [note]))
    return [members for _, members in groups if len(members) > 1]


def shingles_of(text: str) -> frozenset[int]:
    """Hashes of the note's shingles; a shorter note is one shingle."""
    words = _WORD.findall(text.casefold())[:MAX_WORDS]
    runs = range(max(1, len(words) - SHINGLE + 1))
    return frozenset(zlib.crc32(" ".join(words[at : at + SHINGLE]).encode()) for at in runs)


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Jaccard index of two shingle sets, 0..1."""
    return len(one & other) / len(one | other)


def _burst_of(group: Sequence[Note]) -> Burst | None:
    """The group's notes of all hours that exceed a threshold."""
    by_person: dict[int, list[Note]] = defaultdict(list)
    for note in group:
        by_person[note.person_id].append(note)
    busy = list(_busy(group, lambda note: note.person_id, PEOPLE))
    for own in by_person.values():
        busy += _busy(own, lambda note: note.job_id, JOBS)
    found = {note.bid_id: note for note in busy}
    return Burst(sorted(found.values(), key=lambda note: (note.at, note.bid_id))) if found else None


def _busy(notes: Sequence[Note], of: Callable[[Note], int], least: int) -> Iterator[Note]:
    """The notes, each once, of every hour with at least `least` different jobs or people; one pass."""
    counts: Counter[int] = Counter()
    start = given = 0
    for end, note in enumerate(notes):
        counts[of(note)] += 1
        while note.at - notes[start].at > WITHIN:
            gone = of(notes[start])
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            start += 1
        if len(counts) >= least:
            yield from notes[max(start, given) : end + 1]
            given = end + 1
