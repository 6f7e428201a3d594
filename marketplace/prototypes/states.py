"""A prototype's states, and how a check changes them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from marketplace.core.states import State
from marketplace.core.transitions import Transitions


class PrototypeState(State):
    """queued -> checking -> live | broken | refused | unknown; flagged -> cleared | rejected by a human."""

    QUEUED = "queued", "Waiting for its check", "clock", "busy"
    CHECKING = "checking", "Checking link", "loader-circle", "busy"
    LIVE = "live", "Live", "circle-check", "good"
    BROKEN = "broken", "Not working", "circle-x", "bad"
    REFUSED = "refused", "Link refused", "shield-alert", "bad"
    UNKNOWN = "unknown", "Not checked", "circle-help"
    FLAGGED = "flagged", "Flagged for review", "flag", "warn"
    CLEARED = "cleared", "Cleared by a moderator", "shield-check", "good"
    REJECTED = "rejected", "Rejected by a moderator", "circle-x", "bad"


WAITING = frozenset({PrototypeState.QUEUED, PrototypeState.CHECKING})


class ResemblanceState(State):
    """The states of a near-copy."""

    FLAGGED = "flagged", "Flagged for review", "flag", "warn"
    """Waits for a moderator."""
    EXPLAINED = "explained", "Explained", "circle-check"
    """Has a known reason; needs no moderator."""
    CLEARED = "cleared", "Cleared by a moderator", "shield-check", "good"
    REJECTED = "rejected", "Rejected by a moderator", "circle-x", "bad"


class ReviewState(StrEnum):
    """What stands of all resemblances of a prototype's present URL."""

    NONE = ""
    FLAGGED = "flagged"
    CLEARED = "cleared"
    REJECTED = "rejected"


def review_of(resemblances: Collection[ResemblanceState]) -> ReviewState:
    """The gravest of what was said of a prototype's resemblances; what is explained leaves no mark."""
    gravest_first = (ReviewState.REJECTED, ReviewState.FLAGGED, ReviewState.CLEARED)
    return next((state for state in gravest_first if state in resemblances), ReviewState.NONE)


RESEMBLANCE_MOVES = Transitions(
    ResemblanceState,
    [
        ("flagged", "flagged", "room"),
        ("flagged", "explained", "room"),
        ("explained", "explained", "room"),
        ("explained", "flagged", "room"),
        ("flagged", "cleared", "admin"),
        ("flagged", "rejected", "admin"),
        ("rejected", "flagged", "admin"),
    ],
)


class Watched(Protocol):
    """The columns in which a link's failures are counted."""

    state: PrototypeState
    failures: int
    """Observed failures in a row."""
    failing_since: datetime | None
    unknowns: int
    """Checks in a row that could not tell."""
    checked_at: datetime | None


def note_state(link: Watched, state: PrototypeState, now: datetime) -> None:
    """Apply the state that a check at `now` found; unknown neither adds nor clears failures."""
    last, link.checked_at, link.state = link.checked_at, now, state
    if state == PrototypeState.UNKNOWN:
        link.unknowns += 1
        if link.failing_since and last:
            link.failing_since += now - last  # unknown time does not count as failing
        return
    link.unknowns = 0
    if state == PrototypeState.BROKEN:
        link.failures += 1
        link.failing_since = link.failing_since or now
    else:
        link.failures, link.failing_since = 0, None
