"""Fifty concurrent actions in threads with their own connections have exactly one legal outcome."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.core.database import db
from marketplace.payments.models import Charge, Hold, Invoice, LedgerEntry, Movement
from marketplace.payments.services.charging import settle_charge, start_charge
from marketplace.payments.services.settlement import refund, release, split
from marketplace.payments.services.transfers import withdraw
from marketplace.payments.verifying import offences
from tests.support.factories import START, make_user
from tests.support.money import make_charge, make_hold, make_payable, settle_all
from tests.support.race import THREADS, app, race

pytestmark = pytest.mark.both_engines

__all__ = ["app"]


@pytest.fixture
def hold_id(app: Flask) -> int:
    with app.app_context():
        return make_hold(make_user("client"), make_user("freelancer")).id


def held(hold_id: int) -> Hold:
    return db.session.get_one(Hold, hold_id)


def outcome(app: Flask) -> tuple[int, int, int]:
    """Number of booked resolutions, and of the resulting movements and invoices."""
    with app.app_context():
        assert offences() == []
        resolved = select(func.count()).select_from(LedgerEntry).where(LedgerEntry.what == "resolved")
        counts = [select(func.count()).select_from(model) for model in (Movement, Invoice)]
        return tuple(db.session.scalar(count) or 0 for count in (resolved, *counts))  # type: ignore[return-value]


def test_fifty_releases_with_different_keys_are_one(app: Flask, hold_id: int) -> None:
    ends = race(app, lambda number: release(held(hold_id), START, f"key {number}"))
    assert sorted(ends) == ["Conflict"] * (THREADS - 1) + ["done"]
    assert outcome(app) == (1, 1, 2)


def test_fifty_releases_with_one_key_get_same_result(app: Flask, hold_id: int) -> None:
    assert race(app, lambda _: release(held(hold_id), START, "key")) == ["done"] * THREADS
    assert outcome(app) == (1, 1, 2)


def test_release_races_refund_with_one_winner(app: Flask, hold_id: int) -> None:
    ends = race(
        app,
        lambda _: release(held(hold_id), START, "release"),
        lambda _: refund(held(hold_id), START, "refund"),
    )
    with app.app_context():
        state = held(hold_id).state
    winners, losers = (ends[0::2], ends[1::2]) if state == "released" else (ends[1::2], ends[0::2])
    assert (set(winners), set(losers)) == ({"done"}, {"Conflict"})
    assert outcome(app) == (1, 1, 2 if state == "released" else 0)


def test_split_races_release_with_one_winner(app: Flask, hold_id: int) -> None:
    ends = race(
        app,
        lambda number: split(held(hold_id), 40_000, START, f"split {number}"),
        lambda number: release(held(hold_id), START, f"release {number}"),
    )
    assert ends.count("done") == 1
    resolved, movements, invoices = outcome(app)
    with app.app_context():
        state = held(hold_id).state
    assert (resolved, movements, invoices) == (1, 2 if state == "split" else 1, 2)


def test_fifty_success_reports_make_one_hold(app: Flask) -> None:
    with app.app_context():
        charge_id = make_charge(make_user("client"), make_user("freelancer")).id
    ends = race(app, lambda _: settle_charge(db.session.get_one(Charge, charge_id), "succeeded", START))
    assert ends == ["done"] * THREADS
    with app.app_context():
        assert db.session.scalars(select(Hold.amount)).all() == [100_000]
        assert offences() == []


def test_fifty_payouts_never_overdraw_wallet(app: Flask) -> None:
    with app.app_context():
        client, freelancer = make_user("client"), make_user("freelancer")
        make_payable(freelancer)
        release(make_hold(client, freelancer, 100_000), START, "r")
        db.session.commit()
        settle_all()
        person = freelancer.id

    def pay_out(number: int) -> None:
        user = db.session.get_one(type(freelancer), person)
        withdraw(user, 9_500, "EUR", START, f"payout {number}")

    ends = race(app, pay_out)
    assert (ends.count("done"), ends.count("Overdrawn")) == (10, THREADS - 10)
    with app.app_context():
        assert offences() == []


def test_fifty_releases_number_invoices_without_gaps(app: Flask) -> None:
    with app.app_context():
        client, freelancer = make_user("client"), make_user("freelancer")
        charges = [
            start_charge(client, freelancer, 1_000 + number, "EUR", "Work", f"charge {number}", START)
            for number in range(THREADS)
        ]
        ids = [charge.hold.id for one in charges if (charge := settle_charge(one, "succeeded", START)).hold]
        db.session.commit()
    assert race(app, lambda number: release(held(ids[number]), START, f"key {number}")) == ["done"] * THREADS
    with app.app_context():
        numbers = db.session.scalars(select(Invoice.number).where(Invoice.series == "F").order_by(Invoice.number)).all()
        assert numbers == list(range(1, THREADS + 1))
        assert offences() == []
