"""Sandbox provider; like a real one, it keeps and commits its own books."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy import func, select

from marketplace.core.database import db
from marketplace.payments.providers.protocol import (
    AccountReport,
    ChargeOrder,
    ChargeReport,
    Checkout,
    Event,
    MovementOrder,
    MovementReport,
    NotReady,
    Onboarding,
    OutcomeUnknown,
    Refused,
)
from marketplace.payments.providers.stripe_amounts import step
from marketplace.payments.sandbox.cards import CARDS
from marketplace.payments.sandbox.models import SandboxAccount, SandboxMovement, SandboxPayment
from marketplace.payments.sandbox.signing import read
from marketplace.payments.states import ChargeState

SENT: Literal["sent"] = "sent"


class Sandbox:
    """Stateful fake: forwards only money that was paid, and executes each request once."""

    name = "sandbox"
    is_real = False

    def __init__(self, keys: Sequence[str], clock: Callable[[], datetime]) -> None:
        self.keys, self.clock = keys, clock

    def step(self, currency: str) -> int:
        return step(currency)  # as the real provider, so that what works here works there

    def checkout(self, order: ChargeOrder, back: str) -> Checkout:
        payment = db.session.scalar(select(SandboxPayment).where(SandboxPayment.charge_token == order.token))
        if payment is None:
            payment = SandboxPayment(
                reference=f"sbx_{secrets.token_urlsafe(18)}", charge_token=order.token, amount=order.amount,
                currency=order.currency, purpose=order.purpose, back=urlsplit(back).path,
            )  # fmt: skip
            db.session.add(payment)
        reference = payment.reference
        db.session.commit()
        return Checkout(reference, f"/sandbox/checkout/{reference}")

    def report(self, order: ChargeOrder) -> ChargeReport:
        now = self.clock()
        payment = db.session.get(SandboxPayment, order.reference or "")
        report = _report(payment, now) if payment else ChargeReport(ChargeState.PENDING)
        db.session.rollback()
        return report

    def send(self, order: MovementOrder) -> MovementReport:
        if done := self.find(order, None):
            return done
        _refuse_impossible(order)
        payment = db.session.get(SandboxPayment, order.payment_reference)
        is_lost = payment is not None and CARDS[payment.card].drops_answers
        movement = SandboxMovement(
            key=order.key, reference=f"sbm_{secrets.token_urlsafe(12)}", kind=order.kind, amount=order.amount,
            currency=order.currency, payment=order.payment_reference, account=order.destination,
        )  # fmt: skip
        db.session.add(movement)
        reference = movement.reference
        db.session.commit()
        if is_lost:
            raise OutcomeUnknown("The answer got lost on the way.")
        return MovementReport(SENT, reference)

    def find(self, order: MovementOrder, reference: str | None) -> MovementReport | None:
        found = db.session.scalar(select(SandboxMovement.reference).where(SandboxMovement.key == order.key))
        db.session.rollback()
        return MovementReport(SENT, found) if found else None

    def onboard(self, email: str, reference: str | None, back: str) -> Onboarding:
        if reference is None:
            reference = f"sba_{secrets.token_urlsafe(12)}"
            db.session.add(SandboxAccount(reference=reference, back=urlsplit(back).path))
            db.session.commit()
        return Onboarding(reference, f"/sandbox/account/{reference}")

    def account(self, reference: str) -> AccountReport:
        account = db.session.get(SandboxAccount, reference)
        report = AccountReport(ready=True) if account and account.ready else AccountReport(False, "A bank account")
        db.session.rollback()
        return report

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Event:
        return read(body, headers, self.keys, self.clock())


def _report(payment: SandboxPayment, now: datetime) -> ChargeReport:
    if payment.paid_at is None:
        return ChargeReport(ChargeState.CANCELED if payment.canceled else ChargeState.PENDING)
    card, age = CARDS[payment.card], now - payment.paid_at
    if timedelta() <= age < timedelta(seconds=card.settles_after):  # negative age: the clock was set back since
        return ChargeReport(ChargeState.PENDING)
    if not card.succeeds:
        return ChargeReport(ChargeState.FAILED)
    disputed = card.dispute_after is not None and age >= timedelta(seconds=card.dispute_after)
    dispute: Literal["", "open", "won", "lost"] = ""
    if disputed:
        dispute = "won" if payment.dispute == "won" else "lost" if payment.dispute == "lost" else "open"
    return ChargeReport(ChargeState.SUCCEEDED, payment.reference, dispute)


def _refuse_impossible(order: MovementOrder) -> None:
    """Refuse what a real provider would: amounts not available, and accounts not ready."""
    if order.destination:
        account = db.session.get(SandboxAccount, order.destination)
        if account is None or not account.ready:
            raise NotReady("The payout account is not complete.")
    if order.kind == "payout":
        there = _sum(order, "transfer") - _sum(order, "payout")
    else:
        payment = db.session.get(SandboxPayment, order.payment_reference)
        there = (payment.amount if payment and payment.currency == order.currency else 0) - _spent(order)
    if order.amount > there:
        raise Refused("There is less money there than that.")


def _sum(order: MovementOrder, kind: str) -> int:
    """Total transferred into (transfer) or paid out of (payout) the person's account so far."""
    mine = SandboxMovement.account == order.destination, SandboxMovement.currency == order.currency
    return db.session.scalar(select(func.sum(SandboxMovement.amount)).where(*mine, SandboxMovement.kind == kind)) or 0


def _spent(order: MovementOrder) -> int:
    """Total of the payment sent on so far."""
    of_payment = SandboxMovement.payment == order.payment_reference
    return db.session.scalar(select(func.sum(SandboxMovement.amount)).where(of_payment)) or 0
