"""Who may see, change and bid on a job: pure rules, used by this room's pages and those above."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from marketplace.accounts.policy import acts_for, why_not_act_for
from marketplace.core.errors import SUSPENDED, NotNow, unless
from marketplace.jobs.states import DECIDABLE, PUBLIC, JobState

if TYPE_CHECKING:
    from sqlalchemy import Row

    from marketplace.accounts.models import User
    from marketplace.jobs.models import Job


NOT_OWNER = "This job is not yours."


def owns(person: User | None, job: Job) -> bool:
    """Whether the job is this person's."""
    return acts_for(person, job.client_id)


def may_see(person: User | None, job: Job) -> bool:
    """Everybody for published jobs, even cancelled ones; else the owner and, past a draft, admins."""
    if owns(person, job) or job.state in PUBLIC:
        return True
    if job.state == JobState.CANCELLED and job.published_at:
        return True
    return person is not None and person.is_admin and job.state != JobState.DRAFT


def why_not_post(person: User | None) -> str | None:
    """Allow clients in good standing."""
    if person is None or not person.is_client:
        return "Only clients post jobs. You can add that role on your account page."
    return SUSPENDED if person.is_suspended else None


def why_not_edit(person: User | None, job: Job, now: datetime) -> str | None:
    """Allow the owner, while the job is a draft or takes bids."""
    if job.state == JobState.PENDING_REVIEW:
        return _why_not_own(person, job) or "This job waits for review. Take it back first to change it."
    over = "This job takes no bids any more, so its spec stays as it is. Reopen it to change it."
    return _why_not_own(person, job) or unless(job.state == JobState.DRAFT or is_open_for_bids(job, now), over)


def why_not_save_draft(person: User | None, job: Job) -> str | None:
    """Allow the owner, until the job is published or sent for review."""
    posted = NotNow("This job is no draft any more. Open it again to change it.")
    return _why_not_own(person, job) or unless(job.state == JobState.DRAFT, posted)


def why_not_pay_pool(person: User | None, job: Job) -> str | None:
    """Allow the owner of a draft that requires a prototype."""
    takes_pool = job.state == JobState.DRAFT and job.requires_prototype and job.pool_amount
    no_pool = NotNow("This job takes no pool now. Set it under budget and dates, while the job is a draft.")
    return _why_not_own(person, job) or unless(takes_pool, no_pool)


def why_not_publish(person: User | None, job: Job) -> str | None:
    """Allow the owner, once."""
    return _why_not_own(person, job) or unless(job.state == JobState.DRAFT, "This job was posted already.")


def why_not_take_back(person: User | None, job: Job) -> str | None:
    """Allow the owner, while the job waits for review."""
    waits = job.state == JobState.PENDING_REVIEW
    return _why_not_own(person, job) or unless(waits, "This job does not wait for review.")


def why_not_close(person: User | None, job: Job, now: datetime) -> str | None:
    """Allow the owner, before bids close by themselves."""
    return _why_not_own(person, job) or unless(is_open_for_bids(job, now), "This job takes no bids now.")


def why_not_reopen(person: User | None, job: Job, now: datetime) -> str | None:
    """Allow the owner, after bids have closed and before an award."""
    can_reopen = job.state in DECIDABLE and not is_open_for_bids(job, now)
    only_then = "A job is reopened once its bids have closed, and until it is decided."
    return _why_not_own(person, job) or unless(can_reopen, only_then)


def why_not_cancel(person: User | None, job: Job) -> str | None:
    """Allow the owner, before an award or another end of the job."""
    undecided = job.state in (JobState.DRAFT, JobState.PENDING_REVIEW, *DECIDABLE)
    return _why_not_own(person, job) or unless(undecided, "This job is decided or over, so it can’t be cancelled.")


def is_open_for_bids(job: Job, now: datetime) -> bool:
    """Whether bids are accepted at `now`; the deadline decides, not the worker that closes the job afterwards."""
    return job.state == JobState.OPEN and job.bid_deadline is not None and now < job.bid_deadline


def bids_closed_at(job: Job | Row[*tuple[Any, ...]], now: datetime) -> datetime | None:
    """When bids closed, by the deadline or by the client, whichever came first; None while they are accepted."""
    ends = [moment for moment in (job.closed_at, job.bid_deadline) if moment and moment <= now]
    return min(ends, default=None) if job.published_at else None


def shown_state(job: Job, now: datetime) -> JobState:
    """The state to display: past its deadline an open job is already closed."""
    state = JobState(job.state)
    return JobState.CLOSED if state == JobState.OPEN and not is_open_for_bids(job, now) else state


def why_not_bid(person: User | None, job: Job, now: datetime) -> str | None:
    """Allow freelancers in good standing, on other people's jobs, while bids are accepted."""
    if not is_open_for_bids(job, now):
        return "This job does not take bids any more." if job.published_at else "This job does not take bids yet."
    if owns(person, job):
        return "This job is yours, so you can't bid on it."
    if person is None or (not person.is_freelancer and not person.is_suspended):
        return "Only freelancers bid. You can add that role on your account page."
    return "Your account is suspended, so you can't bid." if person.is_suspended else None


def _why_not_own(person: User | None, job: Job) -> str | None:
    return why_not_act_for(person, job.client_id, NOT_OWNER)
