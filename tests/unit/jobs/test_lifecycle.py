"""A job's lifecycle from draft to end, and who is notified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.events import job_edited, job_ended, job_opened, job_submitted
from marketplace.core.transitions import move
from marketplace.jobs.models import Job
from marketplace.jobs.policy import is_open_for_bids
from marketplace.jobs.queries import client_record, edits_of
from marketplace.jobs.services import editing, lifecycle
from marketplace.jobs.states import MOVES, JobState
from tests.support.factories import START, make_job, make_user

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)
BRIEF = "Members book a slot in three taps, on a phone, with one hand."


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def client() -> User:
    return make_user("client")


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Names of the signals sent."""
    names: list[str] = []
    signals = {"submitted": job_submitted, "opened": job_opened, "edited": job_edited, "ended": job_ended}

    def listener(name: str):
        return lambda sender, **_: names.append(name)

    listeners = {name: listener(name) for name in signals}
    for name, signal in signals.items():
        signal.connect(listeners[name])
    yield names
    for name, signal in signals.items():
        signal.disconnect(listeners[name])


def draft(client: User) -> Job:
    return make_job(client, state=JobState.DRAFT, spec=BRIEF, published_at=None)


def test_first_job_of_new_client_waits_for_review(client: User, told: list[str]) -> None:
    job = draft(client)
    lifecycle.publish_job(client, job, 1, START)
    assert (job.state, job.published_at, told) == ("pending_review", None, ["submitted"])


def test_job_of_known_client_opens_at_once(client: User, told: list[str]) -> None:
    make_job(client, state=JobState.EXPIRED)
    job = draft(client)
    lifecycle.publish_job(client, job, 1, START)
    assert (job.state, job.published_at, told) == ("open", START, ["submitted", "opened"])


def test_job_removed_by_moderators_earns_no_trust(client: User) -> None:
    make_job(client, state=JobState.REMOVED)
    job = draft(client)
    lifecycle.publish_job(client, job, 1, START)
    assert job.state == "pending_review"


def test_incomplete_draft_is_not_published(client: User) -> None:
    job = editing.start_draft(client, "Booking site", START)
    with pytest.raises(Invalid) as refused:
        lifecycle.publish_job(client, job, 0, START)
    assert (refused.value.field, job.state) == ("category", "draft")


def test_publishing_twice_opens_once(client: User, told: list[str]) -> None:
    job = draft(client)
    lifecycle.publish_job(client, job, 0, START)
    with pytest.raises(NotAllowed):
        lifecycle.publish_job(client, job, 0, START)
    assert told == ["submitted", "opened"]


def test_job_in_review_can_be_taken_back_approved_or_sent_back(client: User, told: list[str]) -> None:
    admin = make_user("admin")
    job = draft(client)
    lifecycle.publish_job(client, job, 1, START)
    lifecycle.take_back_job(client, job, START)
    assert job.state == "draft"
    lifecycle.publish_job(client, job, 1, START)
    lifecycle.send_back_job(admin, job, "Say who pays for hosting.", START)
    assert (job.state, job.end_reason) == ("draft", "Say who pays for hosting.")
    lifecycle.publish_job(client, job, 1, START)
    lifecycle.approve_job(admin, job, START + DAY)
    assert (job.state, job.published_at, job.end_reason) == ("open", START + DAY, None)
    assert told == ["submitted"] * 3 + ["opened"]


def test_only_admins_approve(client: User) -> None:
    job = make_job(client, state=JobState.PENDING_REVIEW, published_at=None)
    with pytest.raises(NotAllowed):
        lifecycle.approve_job(client, job, START)


def test_closing_early_and_reopening_with_new_deadlines(client: User, told: list[str]) -> None:
    job = make_job(client)
    lifecycle.close_job(client, job, START)
    assert (job.state, job.closed_at) == ("closed", START)
    lifecycle.reopen_job(client, job, START + 9 * DAY, START + 20 * DAY, START)
    assert (job.state, job.closed_at, job.bid_deadline, job.version) == ("open", None, START + 9 * DAY, 2)
    assert set(edits_of(job)[0].changes) == {"bid_deadline", "decision_deadline"}
    assert told == ["ended", "edited", "opened"]


def test_reopening_needs_future_deadlines(client: User) -> None:
    job = make_job(client, state=JobState.CLOSED)
    with pytest.raises(Invalid):
        lifecycle.reopen_job(client, job, START - DAY, START + DAY, START)


def test_job_past_deadline_reopens_before_worker_closed_it(client: User) -> None:
    job = make_job(client, bid_deadline=START - DAY)
    lifecycle.reopen_job(client, job, START + DAY, START + 2 * DAY, START)
    assert is_open_for_bids(job, START)


def test_cancelling_published_job_needs_a_reason(client: User, told: list[str]) -> None:
    job = make_job(client)
    with pytest.raises(Invalid):
        lifecycle.cancel_job(client, job, "  ", START)
    lifecycle.cancel_job(client, job, "We found a plugin.", START)
    assert (job.state, job.end_reason, told) == ("cancelled", "We found a plugin.", ["ended"])


def test_cancelling_draft_notifies_nobody(client: User, told: list[str]) -> None:
    job = draft(client)
    lifecycle.cancel_job(client, job, "", START)
    assert (job.state, told) == ("cancelled", [])


@pytest.mark.parametrize("act", ["publish", "take_back", "close", "reopen", "cancel"])
def test_strangers_and_suspended_owners_can_not_change_state(client: User, act: str) -> None:
    state = {"publish": "draft", "take_back": "pending_review", "reopen": "closed"}.get(act, "open")
    job = make_job(client, state=state, spec=BRIEF)
    acts = {
        "publish": lambda actor: lifecycle.publish_job(actor, job, 0, START),
        "take_back": lambda actor: lifecycle.take_back_job(actor, job, START),
        "close": lambda actor: lifecycle.close_job(actor, job, START),
        "reopen": lambda actor: lifecycle.reopen_job(actor, job, START + DAY, START + 2 * DAY, START),
        "cancel": lambda actor: lifecycle.cancel_job(actor, job, "no", START),
    }
    client.suspended_at = START
    for actor in (client, make_user("client"), make_user("admin")):
        with pytest.raises(NotAllowed):
            acts[act](actor)
    assert job.state == state


def test_removing_and_restoring(client: User) -> None:
    admin = make_user("admin")
    job = make_job(client)
    lifecycle.remove_job(admin, job, "It asks for free work.", START)
    assert (job.state, job.end_reason) == ("removed", "It asks for free work.")
    lifecycle.restore_job(admin, job, START)
    assert job.state == "open"
    lifecycle.remove_job(admin, job, "Again.", START)
    lifecycle.restore_job(admin, job, START + 8 * DAY)
    assert job.state == "closed"


def test_due_jobs_close_then_expire_and_signal_once(client: User, told: list[str]) -> None:
    job = make_job(client)
    make_job(client, bid_deadline=START + 30 * DAY, decision_deadline=START + 40 * DAY)
    assert lifecycle.end_due(START) == 0
    assert lifecycle.end_due(START + 7 * DAY) == 1
    assert (job.state, job.closed_at) == ("closed", START + 7 * DAY)
    assert lifecycle.end_due(START + 7 * DAY) == 0
    assert lifecycle.end_due(START + 14 * DAY) == 1
    assert (job.state, told) == ("expired", ["ended", "ended"])


def test_awarded_job_does_not_expire(client: User) -> None:
    job = make_job(client, state=JobState.AWARDED)
    assert lifecycle.end_due(START + 90 * DAY) == 0
    assert job.state == "awarded"


def test_loser_of_a_race_is_told_that_the_job_changed(client: User) -> None:
    job = make_job(client)
    assert job.state == "open"
    db.session.execute(db.update(Job).values(state="cancelled").execution_options(synchronize_session=False))
    with pytest.raises(Conflict):
        move(job, JobState.CLOSED, "client", MOVES)


def test_client_record_counts_outcomes_of_published_jobs(client: User) -> None:
    for state in ("open", "awarded", "completed", "cancelled", "expired", "expired"):
        make_job(client, state=state)
    make_job(client, state=JobState.CANCELLED, published_at=None)
    record = client_record(client.id)
    assert (record.posted, record.awarded, record.not_awarded) == (6, 2, 3)
