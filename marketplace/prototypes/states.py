"""A prototype link's states, and what one more check makes of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol


class PrototypeState(StrEnum):
    """queued -> checking -> live | broken | refused | unknown; flagged -> cleared | rejected by a human."""

    QUEUED = "queued"
    CHECKING = "checking"
    LIVE = "live"
    BROKEN = "broken"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    FLAGGED = "flagged"
    CLEARED = "cleared"
    REJECTED = "rejected"


WAITING = frozenset({PrototypeState.QUEUED, PrototypeState.CHECKING})


class ResemblanceState(StrEnum):
    """What was said of two prototypes that look alike."""

    FLAGGED = "flagged"
    """For a human to decide on."""
    EXPLAINED = "explained"
    """A known reason needs no human."""
    CLEARED = "cleared"
    REJECTED = "rejected"


class Watched(Protocol):
    """How a link fared over its checks so far."""

    state: str
    failures: int
    """Observed failures in a row."""
    failing_since: datetime | None
    unknowns: int
    """Checks in a row that could not tell."""
    checked_at: datetime | None


def note_state(link: Watched, state: str, now: datetime) -> None:
    """Take over what a check that ended at `now` found; what we could not tell changes nothing that we knew."""
    last, link.checked_at, link.state = link.checked_at, now, state
    if state == PrototypeState.UNKNOWN:
        link.unknowns += 1
        if link.failing_since and last:
            link.failing_since += now - last  # nor does the time meanwhile count as failing
        return
    link.unknowns = 0
    if state == PrototypeState.BROKEN:
        link.failures += 1
        link.failing_since = link.failing_since or now
    else:
        link.failures, link.failing_since = 0, None
