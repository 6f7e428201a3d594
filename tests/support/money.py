"""Money as test fixtures: payout accounts, paid charges, and the sweep that moves what is due."""

from __future__ import annotations

import itertools
from datetime import datetime

from flask import current_app

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.payments.models import Charge, Hold
from marketplace.payments.sandbox import acts
from marketplace.payments.sandbox.courier import deliver_due
from marketplace.payments.services.charging import checkout_begun, order_of, start_charge
from marketplace.payments.services.onboarding import begin_onboarding
from marketplace.payments.services.provider_sync import ask_due
from marketplace.payments.setup import payments
from tests.support.factories import START

_keys = itertools.count(1)


def make_charge(payer: User, payee: User | None, amount: int = 100_000, **fields: object) -> Charge:
    """A charge that waits for payment on the provider's page."""
    key = str(fields.pop("key", f"test:{next(_keys)}"))
    values = {"currency": "EUR", "purpose": "Booking site, milestone 1", **fields}
    charge = start_charge(payer, payee, amount, key=key, now=START, **values)  # type: ignore[arg-type]
    db.session.commit()
    order = order_of(charge)
    db.session.commit()
    checkout = payments().provider.checkout(order, f"/pay/{charge.token}/done")
    checkout_begun(charge, checkout, START)
    db.session.commit()
    return charge


def make_hold(payer: User, payee: User | None, amount: int = 100_000, card: str = "pays", **fields: object) -> Hold:
    """Money paid in the sandbox and held."""
    charge = make_charge(payer, payee, amount, **fields)
    pay(charge, card)
    settle_all()
    db.session.refresh(charge)
    assert charge.hold is not None
    return charge.hold


def pay(charge: Charge, card: str = "pays", now: datetime | None = None) -> None:
    """Pay on the sandbox's page with this card."""
    clock = current_app.extensions["clock"]
    acts.pay(acts.payment_at(charge.provider_reference or ""), card, now or clock.now())
    db.session.commit()


def make_payable(user: User) -> None:
    """Complete the person's payout account in the sandbox."""
    onboarding = payments().provider.onboard(user.email, None, "/money/payouts")
    begin_onboarding(user, onboarding, START)
    acts.complete_account(acts.account_at(onboarding.reference), START)
    db.session.commit()
    settle_all()


def settle_all() -> None:
    """Run the workers' tasks (deliver, poll, send) until nothing is due."""
    clock = current_app.extensions["clock"].now
    while deliver_due(clock) + ask_due(clock):
        continue
