"""Reviews room: reviews after a contract, and track records for the rank."""

from __future__ import annotations

from marketplace.core import doorbell, events
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Sweep
from marketplace.reviews import listeners, policy
from marketplace.reviews.marks import SCALES, WORDS
from marketplace.reviews.records import provide_records
from marketplace.reviews.services.revealing import reveal_due

ROOM = Room(
    views="marketplace.reviews.views",
    listeners=(
        (events.contract_completed, listeners.on_completion),
        (events.contract_cancelled, listeners.on_end),
    ),
    template_globals={"mark_words": WORDS, "review_scales": SCALES, "review_policy": policy},
    start=provide_records,
    sweeps=(Sweep(doorbell.REVEAL_REVIEWS, reveal_due, every=15, queue="deadlines"),),
)
