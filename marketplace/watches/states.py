"""Where a watch over rejected work stands, what was found last, and what became of a match."""

from __future__ import annotations

from enum import StrEnum


class WatchState(StrEnum):
    """watching -> matched | stopped | ended; stopped -> watching."""

    WATCHING = "watching"
    MATCHED = "matched"
    STOPPED = "stopped"
    ENDED = "ended"


class MatchState(StrEnum):
    """Whether a match waits for a human."""

    REPORTED = "reported"
    EXPLAINED = "explained"
