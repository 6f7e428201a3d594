"""How well a bidder fits a spec, 0..1: skills on the profile, and a little of what the bidder's earlier work is about.

Four fifths are the share of the job's skills that the profile names. One fifth is text: the share of the spec's
words that the profile and the chosen portfolio items also use, where a third of them is as good as all. The cover
note is left out, so that pasting the spec into it gains nothing. A job without skills goes by text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SKILLS, TEXT = 4, 1
"""How much each of the two weighs."""
ENOUGH = 3
"""One in so many of the spec's words is as good as all."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_EVERYDAY = frozenset({
    "about", "after", "again", "also", "another", "because", "been", "before", "being", "below", "between",
    "both", "come", "could", "does", "done", "down", "each", "every", "from", "have", "having", "here", "into",
    "just", "like", "made", "make", "many", "more", "most", "must", "need", "needs", "only", "other", "over",
    "same", "should", "some", "such", "take", "than", "that", "their", "them", "then", "there", "these", "they",
    "this", "those", "through", "under", "until", "very", "want", "wants", "well", "were", "what", "when",
    "where", "which", "while", "whom", "will", "with", "work", "works", "would", "your", "yours",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sought:
    """What a job asks for: `words` of its spec, and its skills in lower case."""

    words: frozenset[str]
    skills: Sequence[str]


def sought(skills: Iterable[str], *texts: str) -> Sought:
    """What a job asks for, of its skills and of what it says."""
    return Sought(frozenset(_words(texts)) - _EVERYDAY, [skill.casefold() for skill in skills])


def match(job: Sought, skills: Iterable[str], *texts: str) -> float:
    """The fit, 0..1, of a bidder with these skills who says this."""
    of = len(job.words) or 1
    common = min(len(job.words), ENOUGH * len(job.words.intersection(_words(texts))))
    if not job.skills:
        return common / of
    known, asked = {skill.casefold() for skill in skills}, len(job.skills)
    named = sum(map(known.__contains__, job.skills))
    return (SKILLS * named * of + TEXT * common * asked) / ((SKILLS + TEXT) * of * asked)


def _words(texts: Iterable[str]) -> list[str]:
    """Those of four letters or more, in lower case."""
    return _WORD.findall(" ".join(texts).casefold())
