"""Interface of payment providers. Called outside database transactions, with plain values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from marketplace.payments.states import ChargeState


class OutcomeUnknown(Exception):
    """No answer, or none that tells the outcome: ask again later, assume nothing."""


class Refused(Exception):
    """The provider refused and nothing happened; `str(error)` is the reason, shown to the person concerned."""


class NotReady(Refused):
    """The payout account can't receive money yet; nothing happened."""


class BadSignature(Exception):
    """A message that is not signed by the provider, or is too old."""


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """Money to request: `amount` in minor units; `token` identifies the charge at the provider."""

    token: str
    amount: int
    currency: str
    purpose: str
    payer_email: str
    reference: str | None
    """Checkout already created for it, if any."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """The provider's payment page."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class ChargeReport:
    """The provider's current report on a charge."""

    state: ChargeState
    payment_reference: str | None = None
    dispute: Literal["", "open", "won", "lost"] = ""


@dataclass(frozen=True, slots=True)
class MovementOrder:
    """Money to send: `amount` in minor units; `key` is the idempotency key, also stored at the provider."""

    key: str
    kind: str
    amount: int
    currency: str
    group: str
    """Token of the source charge; "" for payouts."""
    payment_reference: str
    """The provider's id of the source payment; "" for payouts."""
    destination: str
    """The person's account at the provider; "" for refunds."""


@dataclass(frozen=True, slots=True)
class MovementReport:
    """The provider's current report on a movement; `pending` = accepted but not arrived."""

    state: Literal["pending", "sent", "failed"]
    reference: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AccountReport:
    """Whether a payout account can receive and pay out money, and what is missing if not."""

    ready: bool
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Onboarding:
    """The provider's page for entering payout details."""

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
        """Step in minor units; every amount charged, transferred, refunded or paid out is a multiple of it."""
        ...

    def checkout(self, order: ChargeOrder, back: str) -> Checkout:
        """Create or return the payment page of the order; the payer returns to the URL `back`."""
        ...

    def report(self, order: ChargeOrder) -> ChargeReport:
        """Ask for the state of a charge."""
        ...

    def send(self, order: MovementOrder) -> MovementReport:
        """Transfer, refund or pay out, once per key; raises Refused or NotReady if impossible."""
        ...

    def find(self, order: MovementOrder, reference: str | None) -> MovementReport | None:
        """Ask for an earlier movement; None when the provider never received it."""
        ...

    def onboard(self, email: str, reference: str | None, back: str) -> Onboarding:
        """Page for entering payout details, of a new account or the one at `reference`."""
        ...

    def account(self, reference: str) -> AccountReport:
        """Ask whether the account can receive money."""
        ...

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Event:
        """Verify a webhook's signature and return its event; raises BadSignature."""
        ...
