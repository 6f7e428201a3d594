"""A provider that is slow to answer: a round ends in time, and what was not asked is given back."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.payments.models import Movement
from marketplace.payments.services import release
from marketplace.payments.services.asking import ask_due
from tests.support.factories import START
from tests.support.money import make_hold, make_payable


def test_when_the_time_is_up_the_rest_is_given_back_as_due_as_it_was(
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
