"""States of disputes and splits, who may move them, and outcomes."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core.states import State
from marketplace.core.transitions import Transitions

OPENER, OTHER, SIDE = "opener", "other", "side"
"""Actors: who opened it, the other side, either side."""
BOTH, ADMIN, CLOCK, BANK = "both", "admin", "clock", "bank"
"""Actors: both in agreement, a ruling admin, an expired deadline, the payer's bank taking the money back."""


class SplitState(State):
    """State of a proposed split."""

    PROPOSED = "proposed", "Waiting for an answer", "clock", "warn"
    ACCEPTED = "accepted", "Accepted", "circle-check", "good"
    DECLINED = "declined", "Declined", "circle-x"
    TAKEN_BACK = "taken_back", "Taken back", "undo-2"
    REPLACED = "replaced", "Replaced by another", "undo-2"
    ENDED = "ended", "Not answered", "clock"
    """The dispute ended otherwise."""


class DisputeState(State):
    """open -> answered | no_reply -> ruled -> (appealed) -> final; also settled, withdrawn, overtaken."""

    OPEN = "open", "Waiting for an answer", "clock", "warn"
    """The other side has time to answer."""
    ANSWERED = "answered", "Waiting for a ruling", "message-square", "busy"
    NO_REPLY = "no_reply", "No answer; waiting for a ruling", "clock", "warn"
    """The other side did not answer; an admin rules on the existing evidence."""
    RULED = "ruled", "Ruled, open to appeal", "shield-check", "warn"
    """An admin has ruled; either side may appeal, and nothing is paid until the appeal period is over."""
    APPEALED = "appealed", "Appealed; waiting for another admin", "undo-2", "busy"
    """Another admin will decide."""
    FINAL = "final", "Final ruling", "lock"
    SETTLED = "settled", "Settled by both", "circle-check", "good"
    """By a split both sides agreed on."""
    WITHDRAWN = "withdrawn", "Withdrawn", "undo-2"
    """By its opener; the milestone's state is restored."""
    OVERTAKEN = "overtaken", "Ended by the payer’s bank", "circle-x", "bad"
    """The payer's bank took the money back, so there is nothing to rule on."""


class StatementKind(StrEnum):
    """Occasion of a statement."""

    OPENING = "opening"
    STATEMENT = "statement"
    APPEAL = "appeal"


class DisputeOutcome(StrEnum):
    """What happens to the held money."""

    RELEASE = "release"
    REFUND = "refund"
    SPLIT = "split"


_UNDECIDED = ("open", "answered", "no_reply")
_RUNNING = (*_UNDECIDED, "ruled", "appealed")

DISPUTE_MOVES = Transitions(
    DisputeState,
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
    ],
)
SPLIT_MOVES = Transitions(
    SplitState,
    [
        ("proposed", "accepted", "other"),
        ("proposed", "declined", "other"),
        ("proposed", "taken_back", "proposer"),
        ("proposed", "replaced", "proposer"),
        ("proposed", "ended", "dispute"),
    ],
)
RUNNING = frozenset(DisputeState(state) for state in _RUNNING)
"""Disputes whose money is frozen."""
UNDECIDED = frozenset(DisputeState(state) for state in _UNDECIDED)
"""Disputes without a ruling, which may still be withdrawn."""
FOR_ADMINS = frozenset({DisputeState.ANSWERED, DisputeState.NO_REPLY, DisputeState.APPEALED})
"""Disputes awaiting an admin's ruling."""
ENDED = frozenset(DisputeState) - RUNNING
