"""Actions on the sandbox's own pages and the webhooks they cause. Never commits: its views do."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotFound
from marketplace.payments.sandbox.cards import CARDS
from marketplace.payments.sandbox.models import SandboxAccount, SandboxMessage, SandboxPayment


class Declined(Conflict):
    """The bank declined; another card may work."""


def payment_at(reference: str) -> SandboxPayment:
    """Load a checkout; raises NotFound."""
    payment = db.session.get(SandboxPayment, reference)
    if payment is None:
        raise NotFound("There is no such checkout.")
    return payment


def pay(payment: SandboxPayment, card_name: str, now: datetime) -> None:
    """Pay with a test card, once; raises Declined, or Conflict when the checkout was canceled."""
    db.session.refresh(payment, with_for_update=True)
    if payment.paid_at is not None:
        return
    if payment.canceled:
        raise Conflict("This checkout was canceled. Go back and start again.")
    card = CARDS[card_name]
    if card.declines:
        raise Declined("The bank declined this card. Choose another one.")
    payment.card, payment.paid_at = card.name, now
    if card.message_after is not None:
        delay = max(card.message_after, card.settles_after)
        tell("payment.settled", "charge", payment.charge_token, now + timedelta(seconds=delay))
    if card.dispute_after is not None:
        tell("payment.disputed", "charge", payment.charge_token, now + timedelta(seconds=card.dispute_after))


def cancel(payment: SandboxPayment, now: datetime) -> None:
    """Cancel an unpaid checkout."""
    db.session.refresh(payment, with_for_update=True)
    if payment.paid_at is None and not payment.canceled:
        payment.canceled = True
        tell("payment.canceled", "charge", payment.charge_token, now)


def decide_dispute(payment: SandboxPayment, outcome: str, now: datetime) -> None:
    """Decide a dispute as the bank: won (the payment stands) or lost."""
    payment.dispute = outcome
    tell("payment.dispute_closed", "charge", payment.charge_token, now)


def account_at(reference: str) -> SandboxAccount:
    """Load an account; raises NotFound."""
    account = db.session.get(SandboxAccount, reference)
    if account is None:
        raise NotFound("There is no such account.")
    return account


def complete_account(account: SandboxAccount, now: datetime) -> None:
    """Complete the account, as if bank details were entered."""
    if not account.ready:
        account.ready = True
        tell("account.ready", "account", account.reference, now)


def tell(kind: str, subject: str, reference: str, at: datetime) -> None:
    """Queue a webhook for delivery at `at`."""
    event_id = f"sbe_{secrets.token_urlsafe(12)}"
    payload = {"id": event_id, "type": kind, "subject": subject, "reference": reference}
    db.session.add(SandboxMessage(event_id=event_id, payload=payload, due_at=at))
    doorbell.ring(doorbell.MOVE_MONEY)
