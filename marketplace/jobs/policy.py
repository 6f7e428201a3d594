"""Who may see, change and bid on a job: pure rules, asked by pages of this room and of those above."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from marketplace.jobs.states import DECIDABLE, PUBLIC, JobState

if TYPE_CHECKING:
    from sqlalchemy import Row

    from marketplace.accounts.models import User
    from marketplace.jobs.models import Job


def owns(person: User | None, job: Job) -> bool:
    """Whether the job is this person's."""
    return person is not None and person.id == job.client_id


def may_see(person: User | None, job: Job) -> bool:
    """Published jobs are for everybody, even cancelled ones; the rest is for the owner, and past a draft for admins."""
    if owns(person, job) or job.state in PUBLIC:
        return True
    if job.state == JobState.CANCELLED and job.published_at:
        return True
    return person is not None and person.is_admin and job.state != JobState.DRAFT


def may_post(person: User) -> bool:
    """Clients in good standing post jobs."""
    return person.is_client and not person.is_suspended


def may_edit(person: User | None, job: Job, now: datetime) -> bool:
    """The owner, while the job is a draft or takes bids."""
    return _acts_for(person, job) and (job.state == JobState.DRAFT or is_open_for_bids(job, now))


def may_publish(person: User | None, job: Job) -> bool:
    """The owner, once."""
    return _acts_for(person, job) and job.state == JobState.DRAFT


def may_take_back(person: User | None, job: Job) -> bool:
    """The owner, while the job waits for review."""
    return _acts_for(person, job) and job.state == JobState.PENDING_REVIEW


def may_close(person: User | None, job: Job, now: datetime) -> bool:
    """The owner, before bids close by themselves."""
    return _acts_for(person, job) and is_open_for_bids(job, now)


def may_reopen(person: User | None, job: Job, now: datetime) -> bool:
    """The owner, once bids have closed and until somebody is chosen."""
    return _acts_for(person, job) and job.state in DECIDABLE and not is_open_for_bids(job, now)


def may_cancel(person: User | None, job: Job) -> bool:
    """The owner, until somebody is chosen or the job ends otherwise."""
    return _acts_for(person, job) and job.state in (JobState.DRAFT, JobState.PENDING_REVIEW, *DECIDABLE)


def is_open_for_bids(job: Job, now: datetime) -> bool:
    """Whether bids are taken at `now`; the deadline decides, not the worker that closes the job afterwards."""
    return job.state == JobState.OPEN and job.bid_deadline is not None and now < job.bid_deadline


def bids_closed_at(job: Job | Row[*tuple[Any, ...]], now: datetime) -> datetime | None:
    """When bids closed, by the deadline or the client, whichever came first; None while they are taken."""
    ends = [moment for moment in (job.closed_at, job.bid_deadline) if moment and moment <= now]
    return min(ends, default=None) if job.published_at else None


def shown_state(job: Job, now: datetime) -> JobState:
    """The state in which people should see the job: past its deadline an open job is closed already."""
    state = JobState(job.state)
    return JobState.CLOSED if state == JobState.OPEN and not is_open_for_bids(job, now) else state


def may_bid(person: User | None, job: Job, now: datetime) -> bool:
    """Freelancers in good standing, on other people's jobs, while bids are taken."""
    return person is not None and why_no_bid(person, job, now) is None


def why_no_bid(person: User, job: Job, now: datetime) -> str | None:
    """The sentence that tells this person why a bid is not taken; None if one is."""
    if not is_open_for_bids(job, now):
        return "This job does not take bids any more." if job.published_at else "This job does not take bids yet."
    if owns(person, job):
        return "This job is yours, so you can't bid on it."
    if person.is_suspended:
        return "Your account is suspended, so you can't bid."
    if not person.is_freelancer:
        return "Only freelancers bid. You can add that role on your account page."
    return None


def _acts_for(person: User | None, job: Job) -> bool:
    return person is not None and owns(person, job) and not person.is_suspended
