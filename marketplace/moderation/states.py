"""A report's states and transitions."""

from __future__ import annotations

from marketplace.core.states import State
from marketplace.core.transitions import Transitions


class ReportState(State):
    """open -> notified -> answered | no_reply -> actioned | dismissed -> appealed -> final."""

    OPEN = "open", "New", "flag", "warn"
    NOTIFIED = "notified", "Asked for an answer", "mail", "busy"
    ANSWERED = "answered", "Answered", "message-square", "warn"
    NO_REPLY = "no_reply", "No answer", "clock", "warn"
    ACTIONED = "actioned", "Acted on", "shield-check", "good"
    DISMISSED = "dismissed", "Dismissed", "circle-x"
    APPEALED = "appealed", "Appealed", "undo-2", "warn"
    FINAL = "final", "Final", "lock"


class FlagState(State):
    """waiting -> fine | acted; an appeal granted later makes it fine."""

    WAITING = "waiting", "Waiting", "flag", "warn"
    FINE = "fine", "Nothing was wrong", "circle-check", "good"
    ACTED = "acted", "Acted on", "shield-check"


MOVES = Transitions(
    ReportState,
    [
        ("open", "notified", "admin"),
        ("open", "actioned", "admin"),
        ("open", "dismissed", "admin"),
        ("notified", "answered", "affected"),
        ("notified", "no_reply", "clock"),
        ("notified", "actioned", "admin"),
        ("notified", "dismissed", "admin"),
        ("answered", "actioned", "admin"),
        ("answered", "dismissed", "admin"),
        ("no_reply", "actioned", "admin"),
        ("no_reply", "dismissed", "admin"),
        ("actioned", "appealed", "affected"),
        ("appealed", "final", "admin"),
    ],
)

WAITING = frozenset(
    {ReportState.OPEN, ReportState.NOTIFIED, ReportState.ANSWERED, ReportState.NO_REPLY, ReportState.APPEALED}
)
"""States of reports that wait for an admin."""
FLAG_MOVES = Transitions(
    FlagState,
    [
        ("waiting", "fine", "admin"),
        ("waiting", "acted", "admin"),
        ("acted", "fine", "admin"),
        ("acted", "acted", "admin"),
    ],
)
