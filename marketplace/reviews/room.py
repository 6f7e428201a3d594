"""Reviews after a contract, and records of people for the rank."""

from __future__ import annotations

from marketplace.core import events
from marketplace.core.rooms import Room
from marketplace.reviews import listeners, policy
from marketplace.reviews.marks import SCALES, WORDS
from marketplace.reviews.records import provide_records

ROOM = Room(
    views="marketplace.reviews.views",
    listeners=(
        (events.contract_completed, listeners.on_completion),
        (events.contract_cancelled, listeners.on_end),
    ),
    template_globals={"mark_words": WORDS, "review_scales": SCALES, "review_policy": policy},
    start=provide_records,
)
