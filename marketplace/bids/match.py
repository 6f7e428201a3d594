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
SHORTEST = 4
"""Letters of a word that counts."""
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = {number: " " for number in range(128) if not chr(number).isalpha()}
_EVERYDAY = frozenset({
    "about", "after", "again", "also", "another", "because", "been", "before", "being", "below", "between",
    "both", "come", "could", "does", "done", "down", "each", "every", "from", "have", "having", "here", "into",
    "just", "like", "made", "make", "many", "more", "most", "must", "need", "needs", "only", "other", "over",
    "same", "should", "some", "such", "take", "than", "that", "their", "them", "then", "there", "these", "they",
    "this", "those", "through", "under", "until", "very", "want", "wants", "well", "were", "what", "when",
    "where", "which", "while", "whom", "will", "with", "work", "works", "would", "your", "yours",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class WantedTerms:
    """What a job asks for: `words` of its spec, and its skills in lower case."""

    words: frozenset[str]
    skills: Sequence[str]


def wanted_terms(skills: Iterable[str], *texts: str) -> WantedTerms:
    """What a job asks for, of its skills and of what it says."""
    words = frozenset(word for word in _words(texts) if len(word) >= SHORTEST)
    return WantedTerms(words - _EVERYDAY, [skill.casefold() for skill in skills])


def match(job: WantedTerms, skills: Iterable[str], *texts: str) -> float:
    """The fit, 0..1, of a bidder with these skills who says this."""
    of = len(job.words) or 1
    common = min(len(job.words), ENOUGH * len(job.words.intersection(_words(texts))))
    if not job.skills:
        return common / of
    known, asked = {skill.casefold() for skill in skills}, len(job.skills)
    named = sum(map(known.__contains__, job.skills))
    return (SKILLS * named * of + TEXT * common * asked) / ((SKILLS + TEXT) * of * asked)


def _words(texts: Iterable[str]) -> list[str]:
    """In lower case; plain ASCII, as nearly all are, is split without a pattern in a fifth of the time."""
    text = " ".join(texts).casefold()
    return text.translate(_BETWEEN).split() if text.isascii() else _WORD.findall(text)
