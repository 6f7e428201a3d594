"""A slow provider: a sweep ends in time, and rows not asked about are released."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.payments.models import Movement
from marketplace.payments.models.asking import ASK_AGAIN, hint
from marketplace.payments.services.provider_sync import ask_due
from marketplace.payments.services.settlement import release
from tests.support.factories import START
from tests.support.money import make_charge, make_hold, make_payable, pay

pytestmark = pytest.mark.both_engines


def test_rows_left_at_timeout_are_released_still_due(
    context: Flask, client: User, freelancer: User, clock: FixedClock
) -> None:
    make_payable(freelancer)
    release(make_hold(client, freelancer), START, "key")
    db.session.commit()
    assert ask_due(clock.now, seconds=0) == 1
    movement = db.session.scalars(select(Movement)).one()
    assert (movement.state, movement.attempts, movement.lease_token) == ("due", 0, None)
    ask_due(clock.now)
    db.session.refresh(movement)
    assert movement.state == "sent"


def test_returning_payer_resets_backoff(context: Flask, client: User, freelancer: User, clock: FixedClock) -> None:
    charge = make_charge(client, freelancer)
    for _ in range(8):
        hint(charge, clock.now())
        db.session.commit()
        ask_due(clock.now)
    assert charge.due_at == clock.now() + 2 * ASK_AGAIN.first


def test_payment_counts_after_clock_was_set_back(
    context: Flask, client: User, freelancer: User, clock: FixedClock
) -> None:
    charge = make_charge(client, freelancer)
    pay(charge, now=clock.now() + timedelta(hours=2))
    hint(charge, clock.now())
    db.session.commit()
    ask_due(clock.now)
    assert charge.state == "succeeded"
