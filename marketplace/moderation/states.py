"""A report's states and who may move it between them."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core.transitions import Transitions


class ReportState(StrEnum):
    """open -> notified -> answered | no_reply -> actioned | dismissed -> appealed -> final."""

    OPEN = "open"
    NOTIFIED = "notified"
    ANSWERED = "answered"
    NO_REPLY = "no_reply"
    ACTIONED = "actioned"
    DISMISSED = "dismissed"
    APPEALED = "appealed"
    FINAL = "final"


MOVES = Transitions(
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
    ]
)

WAITING = frozenset(
    {ReportState.OPEN, ReportState.NOTIFIED, ReportState.ANSWERED, ReportState.NO_REPLY, ReportState.APPEALED}
)
"""Reports that an admin still has to see to."""
