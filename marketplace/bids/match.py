"""Fit of a bidder to a spec, 0..1: mostly skills on the profile, partly text of profile and portfolio.

Skills weigh four fifths: the share of the job's skills named in the profile. Text weighs one fifth: the share of
the spec's words also used in the profile and the chosen portfolio items, with a third of them counting as full.
The cover note is ignored, so pasting the spec into it gains nothing. A job without skills is matched by text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SKILLS, TEXT = 4, 1
"""Relative weights of skills and text."""
ENOUGH = 3
"""Sharing one in ENOUGH of the spec's words counts as full text match."""
SHORTEST = 4
"""Minimum length of a counted word, in letters."""
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
    """What a job asks for: `words` of its spec, and its skills in casefolded form."""

    words: frozenset[str]
    skills: Sequence[str]


def wanted_terms(skills: Iterable[str], *texts: str) -> WantedTerms:
    """Extract wanted terms from a job's skills and texts."""
    words = frozenset(word for word in _words(texts) if len(word) >= SHORTEST)
    return WantedTerms(words - _EVERYDAY, [skill.casefold() for skill in skills])


def match(job: WantedTerms, skills: Iterable[str], *texts: str) -> float:
    """Fit, 0..1, of a bidder with these skills and texts."""
    of = len(job.words) or 1
    common = min(len(job.words), ENOUGH * len(job.words.intersection(_words(texts))))
    if not job.skills:
        return common / of
    known, asked = {skill.casefold() for skill in skills}, len(job.skills)
    named = sum(map(known.__contains__, job.skills))
    return (SKILLS * named * of + TEXT * common * asked) / ((SKILLS + TEXT) * of * asked)


def _words(texts: Iterable[str]) -> list[str]:
    """Casefolded words; ASCII text is split without a regex, which takes a fifth of the time."""
    text = " ".join(texts).casefold()
    return text.translate(_BETWEEN).split() if text.isascii() else _WORD.findall(text)
