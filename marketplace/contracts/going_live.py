"""Whether the go-live promise was kept: a pure rule for contract pages and track records.

Rule (docs/decisions/0028): only the awarded work on a domain proven to be the client's keeps the promise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Delivery(StrEnum):
    """Outcome of the promise."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_MEASURED = "not_measured"
    """A site is live, but it is not proven to be the awarded work on the client's domain; nobody is blamed."""
    OPEN = "open"
    """Nothing is live yet and the deadline has not passed."""


@dataclass(frozen=True, slots=True)
class Live:
    """Known facts about a milestone's production site."""

    live_at: datetime | None = None
    """When its current address was first found live."""
    proven_live_at: datetime | None = None
    """Since when it shows the awarded work on the client's proven domain, not on the prototype's host."""
    is_other_work: bool = False
    """The domain is proven, but the site is not the awarded work."""


def is_kept(promised: datetime, live: Live, at: datetime) -> Delivery:
    """Outcome, as of `at`, of the promise to be live by `promised`."""
    if live.proven_live_at:
        return Delivery.KEPT if live.proven_live_at <= promised else Delivery.BROKEN
    if live.live_at and not live.is_other_work:
        return Delivery.NOT_MEASURED
    return Delivery.BROKEN if promised < at else Delivery.OPEN
