"""What a payment provider does for us. It is called outside of any database transaction, with plain values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from marketplace.payments.states import ChargeState


class OutcomeUnknown(Exception):
    """No answer, or none that says what happened: ask later, assume nothing."""


class Refused(Exception):
    """The provider said no, and nothing happened; `str(error)` is its reason, fit for the person concerned."""


class NotReady(Refused):
    """The person's payout account can't take money yet; nothing happened."""


class BadSignature(Exception):
    """A message that doesn't come from the provider, or is too old to believe."""


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """Money to ask for: `amount` in minor units; `token` is our name for it at the provider."""

    token: str
    amount: int
    currency: str
    purpose: str
    payer_email: str
    reference: str | None
    """The checkout that was made for it before, if any."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A page of the provider on which the payer pays."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class ChargeReport:
    """What the provider says of a charge now."""

    state: ChargeState
    payment_reference: str | None = None
    dispute: Literal["", "open", "won", "lost"] = ""


@dataclass(frozen=True, slots=True)
class MovementOrder:
    """Money to send: `key` is the idempotency key, and is kept with the movement at the provider."""

    key: str
    kind: str
    amount: int
    currency: str
    group: str
    """The token of the charge that it comes from; "" for payouts."""
    payment_reference: str
    """The payment that it comes from; "" for payouts."""
    destination: str
    """The person's account with the provider; "" for refunds."""


@dataclass(frozen=True, slots=True)
class MovementReport:
    """What the provider says of a movement now; `pending` = accepted, not there yet."""

    state: Literal["pending", "sent", "failed"]
    reference: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AccountReport:
    """Whether a payout account can take and pay out money, and what is missing if not."""

    ready: bool
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Onboarding:
    """A page of the provider on which a person gives their payout details."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class Event:
    """A verified message: something about `reference` may have changed."""

    id: str
    kind: str
    subject: Literal["charge", "movement", "account", ""]
    reference: str
    payload: dict[str, Any]


class Provider(Protocol):
    """A payment provider. Every method but `step` and `verify` may raise OutcomeUnknown."""

    name: str
    is_real: bool
    """Whether real money moves."""

    def step(self, currency: str) -> int:
        """Of how many minor units every amount charged, transferred, refunded or paid out is a multiple."""
        ...

    def checkout(self, order: ChargeOrder, back: str) -> Checkout:
        """A page to pay on, the same again for the same order; the payer comes back to the address `back`."""
        ...

    def report(self, order: ChargeOrder) -> ChargeReport:
        """What became of a charge."""
        ...

    def send(self, order: MovementOrder) -> MovementReport:
        """Transfer, refund or pay out, once per key; raises Refused when it can't be."""
        ...

    def find(self, order: MovementOrder, reference: str | None) -> MovementReport | None:
        """What became of a movement that was asked for before; None when the provider never got to know of it."""
        ...

    def onboard(self, email: str, reference: str | None, back: str) -> Onboarding:
        """A page to give payout details on, for a new account or the one at `reference`."""
        ...

    def account(self, reference: str) -> AccountReport:
        """Whether the account can take money."""
        ...

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Event:
        """The message in a webhook's body, if its signature holds; raises BadSignature."""
        ...
