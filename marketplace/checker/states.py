"""The states that a check can find."""

from __future__ import annotations

from enum import StrEnum


class CheckState(StrEnum):
    """The state that a check finds; unknown never counts against a bidder."""

    LIVE = "live"
    BROKEN = "broken"
    REFUSED = "refused"
    UNKNOWN = "unknown"
