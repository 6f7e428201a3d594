"""A job's states and transitions."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core.states import State
from marketplace.core.transitions import Transitions


class JobState(State):
    """draft -> pending_review -> open -> closed -> awarded -> completed; also cancelled, expired, removed."""

    DRAFT = "draft", "Draft", "pencil"
    PENDING_REVIEW = "pending_review", "Waiting for review", "clock", "warn"
    OPEN = "open", "Open for bids", "circle-check", "good"
    CLOSED = "closed", "Closed for bids", "lock"
    AWARDED = "awarded", "Awarded", "award", "good"
    COMPLETED = "completed", "Completed", "circle-check", "good"
    CANCELLED = "cancelled", "Cancelled", "circle-x"
    EXPIRED = "expired", "Ended without an award", "clock"
    REMOVED = "removed", "Removed by moderators", "shield-alert", "bad"


class PoolOutcome(StrEnum):
    """Outcome of a participation pool."""

    NONE = ""
    """Not settled yet."""
    SHARED = "shared"
    RETURNED = "returned"


MOVES = Transitions(
    JobState,
    [
        ("draft", "pending_review", "client"),
        ("draft", "open", "client"),
        ("draft", "cancelled", "client"),
        ("pending_review", "open", "admin"),
        ("pending_review", "draft", "admin client"),
        ("pending_review", "cancelled", "client"),
        ("open", "closed", "client clock"),
        ("open", "awarded", "client"),
        ("open", "cancelled", "client"),
        ("open", "removed", "admin"),
        ("closed", "open", "client"),
        ("closed", "awarded", "client"),
        ("closed", "cancelled", "client"),
        ("closed", "expired", "clock"),
        ("closed", "removed", "admin"),
        ("removed", "open", "admin"),
        ("removed", "closed", "admin"),
        ("awarded", "closed", "contract"),
        ("awarded", "completed", "contract"),
        ("awarded", "cancelled", "contract"),
    ],
)

PUBLIC = frozenset({JobState.OPEN, JobState.CLOSED, JobState.AWARDED, JobState.COMPLETED, JobState.EXPIRED})
"""States in which anybody may read the job."""
DECIDABLE = frozenset({JobState.OPEN, JobState.CLOSED})
"""States in which the client may still award."""
OVER = frozenset({JobState.AWARDED, JobState.COMPLETED, JobState.CANCELLED, JobState.EXPIRED})
"""States in which the job is decided, or has ended without an award."""
