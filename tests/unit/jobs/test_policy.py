"""Who may bid on and see jobs, tested without a database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.models import Role, User
from marketplace.jobs import policy
from marketplace.jobs.models import Job
from marketplace.jobs.states import JobState
from tests.support.factories import START

DAY = timedelta(days=1)


def person(*roles: str, number: int = 2, suspended: bool = False) -> User:
    return User(id=number, roles=[Role(name=role) for role in roles], suspended_at=START if suspended else None)


def job(state: JobState = JobState.OPEN, **fields: object) -> Job:
    return Job(**{"client_id": 1, "state": state, "bid_deadline": START + DAY, "published_at": START, **fields})


@pytest.mark.parametrize(
    ("bidder", "words"),
    [
        (person("freelancer"), None),
        (person("client", "freelancer"), None),
        (person("client"), "Only freelancers bid."),
        (person("admin"), "Only freelancers bid."),
        (person("freelancer", suspended=True), "Your account is suspended"),
        (person("client", "freelancer", number=1), "This job is yours"),
    ],
)
def test_who_may_bid(bidder: User, words: str | None) -> None:
    reason = policy.why_not_bid(bidder, job(), START)
    assert (reason is None) if words is None else (reason or "").startswith(words)


def test_visitor_may_not_bid() -> None:
    assert policy.why_not_bid(None, job(), START)


@pytest.mark.parametrize("state", [state for state in JobState if state != JobState.OPEN])
def test_only_open_jobs_take_bids(state: JobState) -> None:
    assert not policy.is_open_for_bids(job(state), START)


def test_bid_at_the_deadline_is_too_late() -> None:
    assert policy.is_open_for_bids(job(), START + DAY - timedelta(microseconds=1))
    assert not policy.is_open_for_bids(job(), START + DAY)
    assert policy.shown_state(job(), START + DAY) == JobState.CLOSED


def test_discarded_draft_stays_private() -> None:
    assert not policy.may_see(person("admin"), job(JobState.DRAFT))
    assert policy.may_see(None, job(JobState.CANCELLED))
    assert not policy.may_see(None, job(JobState.CANCELLED, published_at=None))


def test_only_the_owner_acts_on_a_job() -> None:
    owner, admin = person("client", number=1), person("admin")
    acts = (
        lambda who: policy.why_not_edit(who, job(), START),
        lambda who: policy.why_not_publish(who, job(JobState.DRAFT)),
        lambda who: policy.why_not_take_back(who, job(JobState.PENDING_REVIEW)),
        lambda who: policy.why_not_close(who, job(), START),
        lambda who: policy.why_not_reopen(who, job(JobState.CLOSED), START),
        lambda who: policy.why_not_cancel(who, job()),
    )
    assert [act(owner) for act in acts] == [None] * 6
    for other in (None, admin, person("client"), person("client", number=1, suspended=True)):
        assert all(act(other) for act in acts)
