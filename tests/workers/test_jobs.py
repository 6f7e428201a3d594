"""The sweep that ends jobs on time, in batches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

import workers.app
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.doorbell import END_JOBS
from marketplace.core.events import job_ended
from marketplace.jobs.models import Job
from tests.support.factories import START, make_job, make_user
from tests.support.sweeps import run_task

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
def _tasks_run_in_this_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.app, "_flask_app", app)


@pytest.fixture
def ended() -> Iterator[list[int]]:
    ids: list[int] = []

    def listener(job: Job) -> None:
        ids.append(job.id)

    job_ended.connect(listener)
    yield ids
    job_ended.disconnect(listener)


def states(app: Flask) -> dict[str, int]:
    with app.app_context():
        return dict(db.session.execute(select(Job.state, func.count()).group_by(Job.state)).all())


def test_many_due_jobs_close_in_one_run_and_expire_in_a_later_one(
    app: Flask, clock: FixedClock, ended: list[int]
) -> None:
    with app.app_context():
        client = make_user("client")
        for _ in range(250):
            make_job(client)
        make_job(client, bid_deadline=START + timedelta(days=60), decision_deadline=START + timedelta(days=61))
    clock.moment = START + timedelta(days=7)
    run_task(END_JOBS)
    assert states(app) == {"closed": 250, "open": 1}
    assert len(ended) == len(set(ended)) == 250
    run_task(END_JOBS)
    assert len(ended) == 250
    clock.moment = START + timedelta(days=14)
    run_task(END_JOBS)
    assert states(app) == {"expired": 250, "open": 1}


def test_job_past_both_deadlines_ends_in_one_run(app: Flask, clock: FixedClock, ended: list[int]) -> None:
    with app.app_context():
        make_job(make_user("client"))
    clock.moment = START + timedelta(days=30)
    run_task(END_JOBS)
    assert (states(app), len(ended)) == ({"expired": 1}, 2)
