"""The states of a charge, a hold and a movement, and the steps between them."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core.transitions import Transitions


class ChargeState(StrEnum):
    """Whether the payer's money has reached the provider."""

    PENDING = "pending"
    UNKNOWN = "unknown"
    """The provider was asked and could not say; it is asked again."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


CHARGE_MOVES = Transitions(
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
    ]
)
OPEN_CHARGES = frozenset({ChargeState.PENDING, ChargeState.UNKNOWN})
"""States in which a charge may still turn out either way.

Money that the provider has is money, whatever we thought before: failed and canceled give way to succeeded, nothing
follows on succeeded, and so the order in which news arrive does not matter.
"""


class HoldState(StrEnum):
    """What became of money that was paid for somebody's work."""

    HELD = "held"
    FROZEN = "frozen"
    """In dispute: neither released nor refunded until that is over."""
    RELEASED = "released"
    REFUNDED = "refunded"
    SPLIT = "split"


HOLD_MOVES = Transitions(
    [
        ("held", "frozen", "market"),
        ("frozen", "held", "market"),
        ("held", "released", "market"),
        ("held", "refunded", "market"),
        ("held", "split", "market"),
        ("frozen", "refunded", "bank"),
    ]
)
UNRESOLVED = frozenset({HoldState.HELD, HoldState.FROZEN})


class MovementState(StrEnum):
    """How far money that leaves us has come."""

    WAITING = "waiting"
    """For the person's payout account."""
    DUE = "due"
    UNKNOWN = "unknown"
    """Asked for, with no answer: the provider is asked what became of it before anything is sent again."""
    SENT = "sent"
    FAILED = "failed"


MOVEMENT_MOVES = Transitions(
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
    ]
)
