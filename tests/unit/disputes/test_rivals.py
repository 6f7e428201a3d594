"""Fifty concurrent actions on one dispute: it ends once and its money moves once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.disputes.models import Dispute, Proposal
from marketplace.disputes.services.opening import withdraw_dispute
from marketplace.disputes.services.proposing import accept_split, propose_split, take_back_split
from marketplace.disputes.services.ruling import rule
from marketplace.disputes.states import DisputeOutcome
from marketplace.payments.models import Hold, LedgerEntry
from marketplace.payments.verifying import offences
from tests.support.disputes import REASONS, answered, make_dispute, other_of
from tests.support.factories import START, make_user
from tests.support.race import THREADS, app, race

pytestmark = pytest.mark.both_engines

__all__ = ["app"]


def the_dispute() -> Dispute:
    return db.session.scalars(select(Dispute)).one()


def opener() -> User:
    return db.session.get_one(User, the_dispute().opened_by)


def withdraw(_: int) -> None:
    withdraw_dispute(opener(), the_dispute(), START)


def ended(app: Flask) -> tuple[str, str, int]:
    """The dispute's state, the hold's state, and the number of resolutions."""
    with app.app_context():
        assert offences() == []
        resolved = db.session.scalars(select(LedgerEntry.id).where(LedgerEntry.what == "resolved")).all()
        return the_dispute().state, db.session.scalars(select(Hold.state)).one(), len(resolved)


def test_accepting_split_races_taking_back_and_withdrawal(app: Flask) -> None:
    with app.app_context():
        dispute = answered(make_dispute())
        proposal = propose_split(opener(), dispute, 100_000, "Half of it is there.", START).id
        db.session.commit()

    ends = race(
        app,
        lambda _: accept_split(other_of(the_dispute()), the_dispute(), proposal, START),
        lambda _: take_back_split(opener(), the_dispute(), proposal, START),
        withdraw,
    )
    state, money, resolved = ended(app)
    with app.app_context():
        agreed = db.session.get_one(Proposal, proposal).state == "accepted"
    assert (state, money, resolved) == (("settled", "split", 1) if agreed else ("withdrawn", "held", 0))
    assert "done" in ends


def test_one_of_fifty_concurrent_rulings_stands(app: Flask) -> None:
    with app.app_context():
        answered(make_dispute())
        admins = [make_user("admin", name=f"Ann {number}").id for number in range(THREADS)]

    def decide(number: int) -> None:
        outcome = DisputeOutcome.RELEASE if number % 2 else DisputeOutcome.REFUND
        rule(db.session.get_one(User, admins[number]), the_dispute(), outcome, 0, REASONS, START, START)

    ends = race(app, decide)
    assert ends.count("done") == 1
    assert ended(app) == ("ruled", "frozen", 0)


def test_ruling_races_withdrawal_with_one_winner(app: Flask) -> None:
    with app.app_context():
        answered(make_dispute())
        admin = make_user("admin", name="Ann Admin").id

    def decide(_: int) -> None:
        rule(db.session.get_one(User, admin), the_dispute(), DisputeOutcome.RELEASE, 0, REASONS, START, START)

    ends = race(app, decide, withdraw)
    state, money, resolved = ended(app)
    assert (state, money, resolved) in [("ruled", "frozen", 0), ("withdrawn", "held", 0)]
    losers = ends[1::2] if state == "ruled" else ends[0::2]
    assert "done" not in losers
