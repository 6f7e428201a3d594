"""Bursts of near-identical cover notes: pure, and linear in the notes however many are the same.

Notes are compared by the share of their runs of three words that they have in common (Jaccard). Two notes are compared
at all only if they share one of their eight smallest shingle hashes, which near-identical ones do for certain enough
(bottom-k sketches: Broder, "On the resemblance and containment of documents", 1997); and only with a group's first
note, so that a thousand equal notes cost a thousand comparisons.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SHINGLE = 3
"""Words in a row; notes are short."""
SKETCH = 8
ALIKE = 0.7
"""Two words of forty changed, a name and a title say, leave 0.73; answers of two people to one spec share under 0.2."""
MAX_GROUPS = 20
"""Looked at for each hash: a phrase that more groups share tells nothing."""
MAX_WORDS = 300
"""The start of a note; a longer one is not near-identical by its end alone."""
WITHIN = timedelta(hours=1)
JOBS, PEOPLE = 5, 3
"""One account on so many jobs, or so many accounts, within the hour."""
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
    """Near-identical notes within an hour, in the order in which they came."""

    notes: Sequence[Note]

    @property
    def jobs(self) -> int:
        return len({note.job_id for note in self.notes})

    @property
    def people(self) -> int:
        return len({note.person_id for note in self.notes})


def bursts(notes: Iterable[Note]) -> list[Burst]:
    """Every burst among these notes; no note is in two."""
    return [burst for group in alike(notes) if (burst := _burst_of(group)) is not None]


def alike(notes: Iterable[Note]) -> list[list[Note]]:
    """Groups of two or more near-identical notes, each in rising order of time."""
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
    """Hashes of the note's runs of three words; a shorter note is one run."""
    words = _WORD.findall(text.casefold())[:MAX_WORDS]
    runs = range(max(1, len(words) - SHINGLE + 1))
    return frozenset(zlib.crc32(" ".join(words[at : at + SHINGLE]).encode()) for at in runs)


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of runs in common, 0..1."""
    return len(one & other) / len(one | other)


def _burst_of(group: Sequence[Note]) -> Burst | None:
    """The notes of all hours in which the group was too busy."""
    by_person: dict[int, list[Note]] = defaultdict(list)
    for note in group:
        by_person[note.person_id].append(note)
    busy = list(_busy(group, lambda note: note.person_id, PEOPLE))
    for own in by_person.values():
        busy += _busy(own, lambda note: note.job_id, JOBS)
    found = {note.bid_id: note for note in busy}
    return Burst(sorted(found.values(), key=lambda note: (note.at, note.bid_id))) if found else None


def _busy(notes: Sequence[Note], of: Callable[[Note], int], least: int) -> Iterator[Note]:
    """The notes, each once, of every hour that has `least` different jobs or people; one pass."""
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
