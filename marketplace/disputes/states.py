"""A dispute's states, who may move it between them, and the outcomes that end one."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core.transitions import Transitions

OPENER, OTHER, SIDE = "opener", "other", "side"
"""Who opened it, who it was opened against, and either of them."""
BOTH, ADMIN, CLOCK, BANK = "both", "admin", "clock", "bank"
"""Both in agreement, an admin who rules, a deadline that passed, the payer's bank that took the money back."""


class SplitState(StrEnum):
    """Where a proposed split stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    REPLACED = "replaced"
    ENDED = "ended"
    """The dispute ended otherwise."""


class DisputeState(StrEnum):
    """open -> answered | no_reply -> ruled -> (appealed) -> final; also settled, withdrawn, overtaken."""

    OPEN = "open"
    """The other side has time to answer."""
    ANSWERED = "answered"
    NO_REPLY = "no_reply"
    """The other side kept silent; an admin rules on what is there."""
    RULED = "ruled"
    """An admin has ruled; either side may appeal for some days, and nothing is paid until then."""
    APPEALED = "appealed"
    """Another admin looks at it anew."""
    FINAL = "final"
    SETTLED = "settled"
    """By a split that both agreed on."""
    WITHDRAWN = "withdrawn"
    """By who opened it; the milestone goes on where it stood."""
    OVERTAKEN = "overtaken"
    """The payer's bank took the money back, so there is nothing left to rule on."""


class DisputeOutcome(StrEnum):
    """What becomes of the held money."""

    RELEASE = "release"
    REFUND = "refund"
    SPLIT = "split"


_UNDECIDED = ("open", "answered", "no_reply")
_RUNNING = (*_UNDECIDED, "ruled", "appealed")

DISPUTE_MOVES = Transitions(
    [
        ("open", "answered", "other"),
        ("open", "no_reply", "clock"),
        ("no_reply", "answered", "other"),
        ("answered", "ruled", "admin"),
        ("no_reply", "ruled", "admin"),
        ("ruled", "appealed", "side"),
        ("ruled", "final", "clock"),
        ("appealed", "final", "admin"),
        *[(state, "withdrawn", "opener") for state in _UNDECIDED],
        *[(state, "settled", "both") for state in _RUNNING],
        *[(state, "overtaken", "bank") for state in _RUNNING],
    ]
)
RUNNING = frozenset(DisputeState(state) for state in _RUNNING)
"""Disputes whose money is frozen."""
UNDECIDED = frozenset(DisputeState(state) for state in _UNDECIDED)
"""Disputes that may still be withdrawn."""
FOR_ADMINS = frozenset({DisputeState.ANSWERED, DisputeState.NO_REPLY, DisputeState.APPEALED})
"""Disputes that wait for an admin's ruling."""
ENDED = frozenset(DisputeState) - RUNNING
