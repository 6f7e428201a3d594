"""Sandbox payments as if made at the sample's own times."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.payments.models import Charge, Movement
from marketplace.payments.providers.protocol import AccountReport, ChargeReport, MovementReport, Onboarding
from marketplace.payments.sandbox.models import SandboxAccount, SandboxMovement, SandboxPayment
from marketplace.payments.services.onboarding import begin_onboarding
from marketplace.payments.services.provider_results import account_reported, charge_reported
from marketplace.payments.services.transfers import order_of, settle_movement
from marketplace.payments.states import ChargeState, MovementState


def pay(charge: Charge, now: datetime) -> None:
    """Pay with the card that succeeds."""
    payment = SandboxPayment(
        reference=f"sbx_{charge.token}", charge_token=charge.token, amount=charge.amount, currency=charge.currency,
        purpose=charge.purpose, back=charge.return_path, card="pays", paid_at=now,
    )  # fmt: skip
    db.session.add(payment)
    charge.provider_reference = payment.reference
    charge_reported(charge, ChargeReport(ChargeState.SUCCEEDED, payment.reference), now)


def complete_payout_details(user: User, now: datetime) -> None:
    """Complete the person's payout details."""
    account = SandboxAccount(reference=f"sba_sample_{user.id}", back="/money/payouts", ready=True)
    db.session.add(account)
    begun = begin_onboarding(user, Onboarding(account.reference, ""), now)
    account_reported(begun, AccountReport(ready=True), now)


def send_due(now: datetime) -> None:
    """Send all payouts that are due."""
    for movement in db.session.scalars(select(Movement).where(Movement.state == MovementState.DUE)).all():
        order, reference = order_of(movement), f"sbm_sample_{movement.id}"
        sent = SandboxMovement(
            key=order.key, reference=reference, kind=order.kind, amount=order.amount, currency=order.currency,
            payment=order.payment_reference, account=order.destination,
        )  # fmt: skip
        db.session.add(sent)
        settle_movement(movement, MovementReport("sent", reference), now)
