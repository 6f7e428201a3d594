"""Was the promise to be live in time kept? A pure rule, the same for a contract's page and for a person's record.

docs/decisions/0028 argues it: only the awarded work, on a domain that the client has proven to be theirs, keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Delivery(StrEnum):
    """What became of the promise."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_MEASURED = "not_measured"
    """Something is live, but nothing shows that it is the awarded work on the client's domain: nobody is blamed."""
    OPEN = "open"
    """Nothing is live yet, and the time is not over."""


@dataclass(frozen=True, slots=True)
class Live:
    """What is known of a milestone's production site."""

    live_at: datetime | None = None
    """When its present address was first found live."""
    proven_live_at: datetime | None = None
    """Since when it shows the awarded work, on the client's proven domain and not on the prototype's host."""
    is_other_work: bool = False
    """The domain is proven, and what is there is not the awarded work."""


def is_kept(promised: datetime, live: Live, at: datetime) -> Delivery:
    """What became of the promise to be live by `promised`, as seen at `at`."""
    if live.proven_live_at:
        return Delivery.KEPT if live.proven_live_at <= promised else Delivery.BROKEN
    if live.live_at and not live.is_other_work:
        return Delivery.NOT_MEASURED
    return Delivery.BROKEN if promised < at else Delivery.OPEN
