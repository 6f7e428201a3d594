"""States of watches and matches, and who may move them."""

from __future__ import annotations

from marketplace.core.states import State
from marketplace.core.transitions import Transitions


class WatchState(State):
    """watching -> matched | stopped | ended; stopped -> watching."""

    WATCHING = "watching", "Watching", "eye", "busy"
    MATCHED = "matched", "Found", "flag", "warn"
    STOPPED = "stopped", "Stopped", "eye-off"
    ENDED = "ended", "Over", "clock"


class MatchState(State):
    """Whether a match waits for a moderator."""

    REPORTED = "reported", "Reported", "flag", "warn"
    EXPLAINED = "explained", "Explained", "circle-check"


BIDDER, CLOCK, CHECK = "bidder", "clock", "check"

WATCH_MOVES = Transitions(
    WatchState,
    [
        ("watching", "matched", "check"),
        ("watching", "stopped", "bidder"),
        ("watching", "ended", "clock"),
        ("stopped", "watching", "bidder"),
    ],
)
MATCH_MOVES = Transitions(MatchState, [("explained", "reported", "check")])
