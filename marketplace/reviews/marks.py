"""What a review says in marks: three scales from 1 to 5, their words, and when a review counts as positive."""

from __future__ import annotations

from typing import NamedTuple

from marketplace.contracts.states import CLIENT, FREELANCER

LOWEST, HIGHEST = 1, 5
POSITIVE_MEAN = 4
"""A review is positive when the mean of its scales is at least this: "good" all in all."""
MAX_TEXT, MAX_REPLY = 4_000, 2_000
"""Characters."""

WORDS = {5: "Very good", 4: "Good", 3: "Mixed", 2: "Poor", 1: "Very poor"}
"""Mark -> what it means."""
SCALES: dict[str, dict[str, tuple[str, str]]] = {
    FREELANCER: {
        "quality": ("Quality", "The work does what was agreed."),
        "on_time": ("On time", "What was promised came when it was promised."),
        "contact": ("Contact", "Questions were answered, news was told."),
    },
    CLIENT: {
        "quality": ("Brief and decisions", "It was clear what is wanted, and wishes kept to what was agreed."),
        "on_time": ("On time", "Payments, answers and approvals came without chasing."),
        "contact": ("Contact", "Questions were answered, news was told."),
    },
}
"""The side that is reviewed -> scale -> (heading, what it asks)."""


class Marks(NamedTuple):
    """The three scales, each 1..5."""

    quality: int
    on_time: int
    contact: int


def is_positive(marks: Marks) -> bool:
    """Whether the mean of the scales is POSITIVE_MEAN or more; in integers, so that nothing is rounded."""
    return sum(marks) >= POSITIVE_MEAN * len(marks)
