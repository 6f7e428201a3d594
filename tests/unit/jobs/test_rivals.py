"""Races: of two concurrent requests on one job, exactly one succeeds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotAllowed
from marketplace.core.events import job_ended, job_submitted
from marketplace.jobs.models import Job, JobEdit
from marketplace.jobs.services import editing, lifecycle
from marketplace.jobs.states import JobState
from tests.support.factories import START, make_job, make_user

pytestmark = pytest.mark.both_engines

BRIEF = "Members book a slot in three taps, on a phone, with one hand."
ROUNDS = 5
Act = Callable[[User, Job], object]


@pytest.fixture
def told() -> Iterator[list[int]]:
    ids: list[int] = []

    def listener(job: Job) -> None:
        ids.append(job.id)

    for signal in (job_submitted, job_ended):
        signal.connect(listener)
    yield ids
    for signal in (job_submitted, job_ended):
        signal.disconnect(listener)


def race(app: Flask, first: Act, second: Act, **fields: object) -> int:
    """How many of the two acts on a new job succeeded."""
    with app.app_context():
        owner = make_user("client")
        ids = owner.id, make_job(owner, spec=BRIEF, **fields).id  # type: ignore[arg-type]
    start = threading.Barrier(2)

    def run(act: Act) -> bool:
        with app.app_context():
            person, job = db.session.get_one(User, ids[0]), db.session.get_one(Job, ids[1])
            _ = person.roles
            db.session.commit()
            start.wait()
            try:
                act(person, job)
                db.session.commit()
            except (Conflict, NotAllowed):
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(2) as threads:
        return sum(threads.map(run, (first, second)))


def publish(person: User, job: Job) -> None:
    lifecycle.publish_job(person, job, 0, START)


def close(person: User, job: Job) -> None:
    lifecycle.close_job(person, job, START)


def cancel(person: User, job: Job) -> None:
    lifecycle.cancel_job(person, job, "We found a plugin.", START)


def test_job_is_published_once(app: Flask, told: list[int]) -> None:
    for _ in range(ROUNDS):
        assert race(app, publish, publish, state=JobState.DRAFT, published_at=None) == 1
    assert len(told) == len(set(told)) == ROUNDS


def test_job_is_closed_once(app: Flask, told: list[int]) -> None:
    for _ in range(ROUNDS):
        assert race(app, close, close) == 1
    assert len(told) == ROUNDS


def test_closing_and_cancelling_are_serialized(app: Flask) -> None:
    for _ in range(ROUNDS):
        assert race(app, close, cancel) in (1, 2)
    with app.app_context():
        assert set(db.session.scalars(db.select(Job.state))) <= {"closed", "cancelled"}


def test_two_sweeps_end_a_job_once(app: Flask, told: list[int]) -> None:
    def sweep(_person: User, _job: Job) -> None:
        lifecycle.end_due(START + timedelta(days=7))

    race(app, sweep, sweep)
    assert len(told) == 1


def test_one_of_two_edits_of_a_version_is_kept(app: Flask) -> None:
    def edit(title: str) -> Act:
        return lambda person, job: editing.edit_job(person, job, {"title": title}, 1, START)

    for _ in range(ROUNDS):
        assert race(app, edit("From the left"), edit("From the right")) == 1
    with app.app_context():
        assert len(db.session.scalars(db.select(JobEdit)).all()) == ROUNDS
