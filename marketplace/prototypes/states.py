"""A prototype link's states."""

from __future__ import annotations

from enum import StrEnum


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
