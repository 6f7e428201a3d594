"""States of charges, holds and movements, and the transitions between them."""

from __future__ import annotations

from marketplace.core.states import State
from marketplace.core.transitions import Transitions


class ChargeState(State):
    """Whether the payer's money has reached the provider."""

    PENDING = "pending", "Waiting for the payment", "clock", "busy"
    UNKNOWN = "unknown", "Outcome not known yet", "circle-help", "warn"
    """The provider was asked and could not tell; it is asked again."""
    SUCCEEDED = "succeeded", "Paid", "circle-check", "good"
    FAILED = "failed", "Failed", "circle-x", "bad"
    CANCELED = "canceled", "Not paid", "circle-x"


CHARGE_MOVES = Transitions(
    ChargeState,
    [
        ("pending", "unknown", "provider"),
        ("pending", "succeeded", "provider"),
        ("pending", "failed", "provider"),
        ("pending", "canceled", "provider payer"),
        ("unknown", "pending", "provider"),
        ("unknown", "succeeded", "provider"),
        ("unknown", "failed", "provider"),
        ("unknown", "canceled", "provider"),
        ("failed", "succeeded", "provider"),
        ("canceled", "succeeded", "provider"),
    ],
)
OPEN_CHARGES = frozenset({ChargeState.PENDING, ChargeState.UNKNOWN})
"""Charges whose outcome is open.

Success overrides any other outcome: failed and canceled can become succeeded, and succeeded is final, so the order
of messages does not matter.
"""


class HoldState(State):
    """What became of money paid for somebody's work."""

    HELD = "held", "Held", "lock", "busy"
    FROZEN = "frozen", "Frozen", "circle-pause", "warn"
    """In dispute: neither released nor refunded until decided."""
    RELEASED = "released", "Released", "circle-check", "good"
    REFUNDED = "refunded", "Refunded", "undo-2"
    SPLIT = "split", "Split", "circle-check"


HOLD_MOVES = Transitions(
    HoldState,
    [
        ("held", "frozen", "market"),
        ("frozen", "held", "market"),
        ("held", "released", "market"),
        ("held", "refunded", "market"),
        ("held", "split", "market"),
        ("frozen", "refunded", "bank"),
    ],
)
UNRESOLVED = frozenset({HoldState.HELD, HoldState.FROZEN})


class MovementState(State):
    """Progress of outgoing money."""

    WAITING = "waiting", "Waiting for payout details", "clock", "warn"
    """Waiting for the person's payout account."""
    DUE = "due", "On its way", "loader-circle", "busy"
    UNKNOWN = "unknown", "Being looked into", "circle-help", "warn"
    """Requested without an answer: the provider is asked for the outcome before anything is sent again."""
    SENT = "sent", "Sent", "circle-check", "good"
    FAILED = "failed", "Failed", "circle-x", "bad"


MOVEMENT_MOVES = Transitions(
    MovementState,
    [
        ("waiting", "due", "market"),
        ("due", "unknown", "provider"),
        ("due", "sent", "provider"),
        ("due", "failed", "provider"),
        ("unknown", "due", "provider"),
        ("unknown", "sent", "provider"),
        ("unknown", "failed", "provider"),
        ("unknown", "waiting", "provider"),
        ("due", "waiting", "provider"),
        ("sent", "failed", "provider"),
        ("failed", "due", "market"),
    ],
)
