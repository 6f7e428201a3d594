"""The sweep of contract deadlines: each processed once, a failure delays no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

import workers.app
from marketplace.contracts.models import Contract, Deadline
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.doorbell import DO_DEADLINES
from marketplace.core.events import contract_cancelled, deadline_near
from tests.support.contracts import make_offer
from tests.support.factories import START
from tests.support.sweeps import run_task

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _tasks_run_in_this_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.app, "_flask_app", app)


def states(app: Flask) -> dict[str, int]:
    with app.app_context():
        return dict(db.session.execute(select(Contract.state, func.count()).group_by(Contract.state)).all())


def test_due_deadlines_are_processed_once_in_one_run(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        for _ in range(3):
            make_offer()
    reminded: list[int] = []

    def hear(deadline: Deadline, **_: object) -> None:
        reminded.append(deadline.id)

    clock.moment = START + 12 * DAY
    with deadline_near.connected_to(hear):
        run_task(DO_DEADLINES)
        run_task(DO_DEADLINES)
    assert len(reminded) == len(set(reminded)) == 3, "of two reminders of each the newer one"
    clock.moment = START + 14 * DAY
    run_task(DO_DEADLINES)
    assert states(app) == {"cancelled": 3}


def test_failed_deadline_is_retried_and_delays_no_other(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        ids = [make_offer().id for _ in range(2)]

    def fail(contract: Contract, **_: object) -> None:
        if contract.id == ids[0]:
            raise RuntimeError("the disk is full")

    clock.moment = START + 14 * DAY
    with contract_cancelled.connected_to(fail):
        run_task(DO_DEADLINES)
    assert states(app) == {"offered": 1, "cancelled": 1}
    clock.moment += timedelta(minutes=5)
    run_task(DO_DEADLINES)
    assert states(app) == {"cancelled": 2}


def test_cancelled_deadline_does_nothing(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        contract = make_offer()
        contract.state = "cancelled"  # in place of a service that isn't written yet
        db.session.commit()
    clock.moment = START + 14 * DAY
    run_task(DO_DEADLINES)
    with app.app_context():
        rows = db.session.scalars(select(Deadline)).all()
        assert {(row.due_at, row.done_at) for row in rows} == {(None, None)}
