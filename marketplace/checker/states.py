"""What a check of a link comes to."""

from __future__ import annotations

from enum import StrEnum


class CheckState(StrEnum):
    """The verdict of one check; unknown never counts against a bidder."""

    LIVE = "live"
    BROKEN = "broken"
    REFUSED = "refused"
    UNKNOWN = "unknown"
