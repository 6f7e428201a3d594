"""A job's lifecycle from draft to end; each step is a conditional UPDATE that only one of two racers wins."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from marketplace.accounts.policy import why_not_moderate
from marketplace.core.database import db
from marketplace.core.errors import Invalid, demand
from marketplace.core.events import job_ended, job_opened, job_reopened, job_submitted
from marketplace.core.transitions import move
from marketplace.jobs import policy
from marketplace.jobs.models import Job
from marketplace.jobs.queries import published_before
from marketplace.jobs.services.editing import record_edit, spec_of
from marketplace.jobs.services.locking import lock_job
from marketplace.jobs.services.pools import keep_pool, pool_problem, settle_soon
from marketplace.jobs.services.site import look_at_site
from marketplace.jobs.spec import SpecProblem, deadline_problems, problems
from marketplace.jobs.states import MOVES, JobState

if TYPE_CHECKING:
    from marketplace.accounts.models import User

CLIENT, ADMIN, CLOCK = "client", "admin", "clock"


def publish_job(actor: User, job: Job, review_first_jobs: int, now: datetime) -> None:
    """Open a draft for bids, or send it for review while its client has published fewer than `review_first_jobs`.

    Raises Invalid with the first problem of an incomplete spec, NotAllowed unless it is a draft of the actor's.
    """
    lock_job(job)
    demand(policy.why_not_publish(actor, job))
    for found in what_lacks(job, now):
        raise Invalid(found.field, found.message)
    look_at_site(job, now)
    if published_before(job.client_id) < review_first_jobs:
        move(job, JobState.PENDING_REVIEW, CLIENT, MOVES, updated_at=now, end_reason=None)
        job_submitted.send(job)
    else:
        move(job, JobState.OPEN, CLIENT, MOVES, updated_at=now, published_at=now, end_reason=None)
        job_submitted.send(job)
        job_opened.send(job)


def what_lacks(job: Job, now: datetime) -> list[SpecProblem]:
    """Problems that prevent publication: errors in the stored spec first, then payment."""
    unpaid = pool_problem(job) if job.state == JobState.DRAFT else None
    return [*problems(spec_of(job), now), *([unpaid] if unpaid else [])]


def take_back_job(actor: User, job: Job, now: datetime) -> None:
    """Turn a job that waits for review back into a draft."""
    demand(policy.why_not_take_back(actor, job))
    move(job, JobState.DRAFT, CLIENT, MOVES, updated_at=now)


def close_job(actor: User, job: Job, now: datetime) -> None:
    """Stop taking bids before the deadline."""
    demand(policy.why_not_close(actor, job, now))
    move(job, JobState.CLOSED, CLIENT, MOVES, updated_at=now, closed_at=now)
    job_ended.send(job)


def reopen_job(
    actor: User, job: Job, bid_deadline: datetime | None, decision_deadline: datetime | None, now: datetime
) -> None:
    """Take bids again until a new deadline (UTC), and tell every bidder; raises Invalid for wrong deadlines."""
    lock_job(job)
    demand(policy.why_not_reopen(actor, job, now))
    for field, message in deadline_problems(bid_deadline, decision_deadline, now):
        raise Invalid(field, message)
    before = spec_of(job)
    if job.state == JobState.OPEN:  # past its deadline, but not closed by the worker yet
        move(job, JobState.CLOSED, CLOCK, MOVES)
    deadlines = {"bid_deadline": bid_deadline, "decision_deadline": decision_deadline}
    move(job, JobState.OPEN, CLIENT, MOVES, updated_at=now, closed_at=None, **deadlines)
    record_edit(job, before, now, reopened=True)
    job_reopened.send(job)
    job_opened.send(job)


def cancel_job(actor: User, job: Job, reason: str, now: datetime) -> None:
    """Cancel a job, with a reason that its bidders read; a draft needs none."""
    lock_job(job)
    demand(policy.why_not_cancel(actor, job))
    if job.published_at and not reason.strip():
        raise Invalid("reason", "Tell those who bid why you cancel.")
    ended = {"closed_at": job.closed_at or now, "end_reason": reason.strip() or None}
    move(job, JobState.CANCELLED, CLIENT, MOVES, updated_at=now, **ended)
    settle_soon(job, now)
    if job.published_at:
        job_ended.send(job)


def approve_job(actor: User, job: Job, now: datetime) -> None:
    """Open a job that waits for review, as an admin; raises Invalid if its deadlines have passed or the client's bank
    disputes the pool.
    """
    demand(why_not_moderate(actor))
    for _, message in deadline_problems(job.bid_deadline, job.decision_deadline, now):
        raise Invalid("bid_deadline", f"Send it back instead. {message}")
    if pool_problem(job):
        raise Invalid("pool", "Send it back instead. Its participation pool is no longer held.")
    move(job, JobState.OPEN, ADMIN, MOVES, updated_at=now, published_at=now, end_reason=None)
    job_opened.send(job)


def send_back_job(actor: User, job: Job, reason: str, now: datetime) -> None:
    """Turn a job that waits for review back into a draft, as an admin, with a reason."""
    demand(why_not_moderate(actor))
    move(job, JobState.DRAFT, ADMIN, MOVES, updated_at=now, end_reason=reason)


def remove_job(actor: User, job: Job, reason: str, now: datetime) -> None:
    """Take a published job down, as an admin; the reason is shown in its place."""
    demand(why_not_moderate(actor))
    move(job, JobState.REMOVED, ADMIN, MOVES, updated_at=now, end_reason=reason)
    settle_soon(job, max(now, job.decision_deadline or now))  # until then it may be restored


def restore_job(actor: User, job: Job, now: datetime) -> None:
    """Restore a removed job, as an admin: open if bids may still come, closed otherwise."""
    demand(why_not_moderate(actor))
    may_open = job.bid_deadline is not None and now < job.bid_deadline and job.closed_at is None
    move(job, JobState.OPEN if may_open else JobState.CLOSED, ADMIN, MOVES, updated_at=now, end_reason=None)
    keep_pool(job)


def end_due(now: datetime, limit: int = 200) -> int:
    """Close open jobs past their bid deadline, expire closed ones past their decision deadline; return how many moved.

    Handles `limit` jobs, locked so that no two workers take the same; the caller commits and asks again until 0.
    """
    due = db.session.scalars(
        select(Job)
        .where(
            or_(
                (Job.state == JobState.OPEN) & (Job.bid_deadline <= now),
                (Job.state == JobState.CLOSED) & (Job.decision_deadline <= now),
            )
        )
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for job in due:
        if job.state == JobState.OPEN:
            move(job, JobState.CLOSED, CLOCK, MOVES, Job.bid_deadline <= now, closed_at=now, updated_at=now)
        else:
            move(job, JobState.EXPIRED, CLOCK, MOVES, Job.decision_deadline <= now, updated_at=now)
            settle_soon(job, now)
        job_ended.send(job)
    return len(due)
