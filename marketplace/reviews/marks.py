"""Marks of a review: three scales from 1 to 5, their labels, and when a review is positive."""

from __future__ import annotations

from typing import NamedTuple

from marketplace.contracts.states import CLIENT, FREELANCER

LOWEST, HIGHEST = 1, 5
POSITIVE_MEAN = 4
"""Minimum mean of the scales of a positive review ("good")."""
MAX_TEXT, MAX_REPLY = 4_000, 2_000
"""Maximum lengths in characters."""

WORDS = {5: "Very good", 4: "Good", 3: "Mixed", 2: "Poor", 1: "Very poor"}
"""Mark -> label."""
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
"""Reviewed side -> scale -> (heading, question)."""


class Marks(NamedTuple):
    """The three scales, each 1..5."""

    quality: int
    on_time: int
    contact: int


def is_positive(marks: Marks) -> bool:
    """Whether the mean is at least POSITIVE_MEAN; computed in integers to avoid rounding."""
    return sum(marks) >= POSITIVE_MEAN * len(marks)
