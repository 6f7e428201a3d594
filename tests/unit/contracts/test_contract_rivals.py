"""Fifty concurrent actions on one contract, each with its own connection, have one legal outcome."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.contracts.models import Contract, ContractVersion, Milestone
from marketplace.contracts.services.agreeing import agree, propose_end, take_back
from marketplace.contracts.services.offering import sign, withdraw_offer
from marketplace.contracts.services.settling import fund
from marketplace.contracts.services.sweeping import do_due
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.payments.models import Charge, Hold, Movement
from tests.support.contracts import approve, hand_in, make_contract, make_offer
from tests.support.factories import START
from tests.support.race import THREADS, app, race

pytestmark = pytest.mark.both_engines

__all__ = ["app"]
WEEK = START + timedelta(days=7)


def milestone() -> Milestone:
    return db.session.scalars(select(Milestone)).one()


def contract() -> Contract:
    return db.session.scalars(select(Contract)).one()


def accept(_: int) -> None:
    one = contract()
    sign(one.freelancer, one, one.freelancer.name, 1, START)


def cancel(_: int) -> None:
    one = contract()
    withdraw_offer(one.client, one, "Our plans changed.", START)


def test_last_signature_races_withdrawal(app: Flask) -> None:
    with app.app_context():
        one = make_offer()
        sign(one.client, one, one.client.name, 1, START)
        db.session.commit()
    ends = Counter(race(app, accept, cancel))
    with app.app_context():
        one, job = contract(), db.session.scalars(select(Job)).one()
        outcome = (one.state, job.state, one.award.bid.state)
    if outcome[0] == "active":
        assert outcome == ("active", "awarded", "accepted")
        assert ends == {"done": THREADS // 2, "Conflict": THREADS // 2}
    else:
        assert outcome == ("cancelled", "closed", "declined")
        assert ends == {"done": 1, "Conflict": THREADS - 1}


def test_approval_races_auto_release(app: Flask) -> None:
    with app.app_context():
        hand_in(make_contract().milestones[0])
    late = FixedClock(WEEK)

    def approve_it(_: int) -> None:
        approve(contract().client, milestone(), WEEK)

    race(app, approve_it, lambda _: do_due(late.now))
    with app.app_context():
        assert milestone().state in ("released", "auto_released")
        assert contract().state == "completed"
        hold = db.session.scalars(select(Hold)).one()
        assert (hold.state, hold.released) == ("released", 290_000)
        assert db.session.scalar(select(func.count()).select_from(Movement)) == 1


def test_payments_race_each_other(app: Flask) -> None:
    with app.app_context():
        make_contract()
    ends = race(app, lambda _: fund(contract().client, milestone(), START))
    assert ends == ["done"] * THREADS
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Charge)) == 1


def test_agreeing_to_end_races_taking_it_back(app: Flask) -> None:
    with app.app_context():
        one = hand_in(make_contract().milestones[0]).contract
        propose_end(one.client, one, "client", "Our plans changed.", START)
        db.session.commit()

    def proposal() -> ContractVersion:
        return db.session.scalars(select(ContractVersion).where(ContractVersion.number == 2)).one()

    def agree_to_it(_: int) -> None:
        agree(contract().freelancer, contract(), proposal(), START)

    def take_it_back(_: int) -> None:
        take_back(contract().client, contract(), proposal(), START)

    race(app, agree_to_it, take_it_back)
    with app.app_context():
        outcome = (proposal().state, contract().state, milestone().state, db.session.scalars(select(Hold.state)).one())
    assert outcome in [("agreed", "cancelled", "refunded", "refunded"), ("taken_back", "active", "submitted", "held")]
