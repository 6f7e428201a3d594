"""How well a bidder fits a spec, 0..1: skills on the profile, and a little of what the bidder's earlier work is about.

Four fifths are the share of the job's skills that the profile names. One fifth is text: the share of the spec's
words that the profile and the chosen portfolio items also use, where a third of them is as good as all. The cover
note is left out, so that pasting the spec into it gains nothing. A job without skills goes by text alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Set

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


def match(skills: Collection[str], spec_words: Set[str], profile_skills: Iterable[str], own_words: Set[str]) -> float:
    """The fit, 0..1; `skills` of the job, `words` of its spec, and the bidder's."""
    common, of = min(len(spec_words), ENOUGH * len(spec_words & own_words)), len(spec_words) or 1
    if not skills:
        return common / of
    known = {skill.casefold() for skill in profile_skills}
    named = sum(skill.casefold() in known for skill in skills)
    return (SKILLS * named * of + TEXT * common * len(skills)) / ((SKILLS + TEXT) * of * len(skills))


def words(*texts: str) -> frozenset[str]:
    """The words that say what a text is about: four letters or more, lower case, without the everyday ones."""
    return frozenset(_WORD.findall(" ".join(texts).casefold())) - _EVERYDAY
