"""How well a bidder fits a spec, 0..1: skills on the profile, and a little of what the bidder's earlier work is about.

Four fifths are the share of the job's skills that the profile names. One fifth is text: the share of the spec's
words that the profile and the chosen portfolio items also use, where a third of them is as good as all. The cover
note is left out, so that pasting the spec into it gains nothing. A job without skills goes by text alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Set
from fractions import Fraction

SKILLS_SHARE = Fraction(4, 5)
ENOUGH_WORDS = Fraction(1, 3)
_WORD = re.compile(r"[^\W\d_]{4,}")
_EVERYDAY = frozenset({
    "about", "after", "again", "also", "another", "because", "been", "before", "being", "below", "between",
    "both", "come", "could", "does", "done", "down", "each", "every", "from", "have", "having", "here", "into",
    "just", "like", "made", "make", "many", "more", "most", "must", "need", "needs", "only", "other", "over",
    "same", "should", "some", "such", "take", "than", "that", "their", "them", "then", "there", "these", "they",
    "this", "those", "through", "under", "until", "very", "want", "wants", "well", "were", "what", "when",
    "where", "which", "while", "whom", "will", "with", "work", "works", "would", "your", "yours",
})  # fmt: skip


def match(skills: Collection[str], spec_words: Set[str], profile_skills: Iterable[str], own_words: Set[str]) -> float:
    """The fit, 0..1; `skills` of the job, `words` of its spec, and the bidder's."""
    text = Fraction(0)
    if spec_words:
        text = min(Fraction(1), Fraction(len(spec_words & own_words), len(spec_words)) / ENOUGH_WORDS)
    if not skills:
        return float(text)
    known = {skill.casefold() for skill in profile_skills}
    share = Fraction(sum(skill.casefold() in known for skill in skills), len(skills))
    return float(SKILLS_SHARE * share + (1 - SKILLS_SHARE) * text)


def words(*texts: str) -> frozenset[str]:
    """The words that say what a text is about: four letters or more, lower case, without the everyday ones."""
    return frozenset(_WORD.findall(" ".join(texts).casefold())) - _EVERYDAY
