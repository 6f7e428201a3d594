"""The sweeps of disputes and watches, as workers run them: each once, a failure delays no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

import workers.app
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.doorbell import DO_DISPUTES, SEE_TO_WATCHES
from marketplace.core.events import dispute_changed
from marketplace.disputes.models import Dispute
from tests.support.disputes import make_dispute
from tests.support.factories import START
from tests.support.sweeps import run_task

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _tasks_run_in_this_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.app, "_flask_app", app)


def test_silence_is_recorded_once_and_a_failure_delays_no_other(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        ids = [make_dispute().id for _ in range(2)]
    told: list[int] = []

    def hear(dispute: Dispute, what: str, **_: object) -> None:
        if dispute.id == ids[0] and len(told) == 0:
            told.append(0)
            raise RuntimeError("the first time, this one fails")
        told.append(dispute.id)

    clock.moment = START + 7 * DAY
    with dispute_changed.connected_to(hear):
        run_task(DO_DISPUTES)
        with app.app_context():
            assert list(db.session.scalars(select(Dispute.state).order_by(Dispute.id))) == ["open", "no_reply"]
        clock.moment += timedelta(minutes=2)
        run_task(DO_DISPUTES)
        run_task(DO_DISPUTES)
    assert told == [0, ids[1], ids[0]]
    with app.app_context():
        assert list(db.session.scalars(select(Dispute.state))) == ["no_reply", "no_reply"]


def test_without_watches_nothing_is_done(app: Flask) -> None:
    run_task(SEE_TO_WATCHES)
