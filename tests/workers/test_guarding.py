"""The sweeps that guard the rank: one finds anomalies, one deletes old data."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

import workers.app
from marketplace.accounts.models import AccountSignal
from marketplace.accounts.services.signals import note_signals
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.doorbell import FORGET_SIGNALS, NOTICE
from marketplace.moderation.models import Flag
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.sweeps import run_task

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
def _tasks_run_in_this_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.app, "_flask_app", app)


def test_sweep_finds_anomalies_and_second_run_adds_nothing(app: Flask) -> None:
    with app.app_context():
        job = make_job(make_user("client"))
        for _ in range(2):
            person = make_user("freelancer")
            make_bid(job, person)
            note_signals(person.id, {"device": "one"}, "s" * 40, START)
        db.session.commit()
    for _ in range(2):
        run_task(NOTICE)
    with app.app_context():
        assert db.session.scalars(select(Flag.rule)).all() == ["linked_bids"]


def test_sweep_deletes_all_old_data_for_any_amount(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        person = make_user()
        for number in range(2_100):
            note_signals(person.id, {"device": str(number)}, "s" * 40, START)
        db.session.commit()
    clock.moment += timedelta(days=91)
    run_task(FORGET_SIGNALS)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AccountSignal)) == 0
