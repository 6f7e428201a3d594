"""Effects of a contract on its job: complete it, end it, or return it for another decision."""

from __future__ import annotations

from datetime import datetime, timedelta

from marketplace.core.transitions import move
from marketplace.jobs.models import Job
from marketplace.jobs.services.locking import lock_job
from marketplace.jobs.states import MOVES, JobState

CONTRACT = "contract"
TIME_TO_DECIDE_AGAIN = timedelta(days=7)
"""Minimum time for the client to decide after an offer lapsed."""


def decide_again(job: Job, now: datetime) -> None:
    """Close the job for bids after a lapsed award; the client decides again, within a week from now at least."""
    lock_job(job)
    decision_deadline = max(job.decision_deadline or now, now + TIME_TO_DECIDE_AGAIN)
    move(job, JobState.CLOSED, CONTRACT, MOVES, updated_at=now, decision_deadline=decision_deadline)


def complete_job(job: Job, now: datetime) -> None:
    """Complete the job: the work is done and paid."""
    lock_job(job)
    move(job, JobState.COMPLETED, CONTRACT, MOVES, updated_at=now)


def end_awarded_job(job: Job, reason: str, now: datetime) -> None:
    """End the job whose contract was given up; bidders who lost earlier are not notified."""
    lock_job(job)
    move(job, JobState.CANCELLED, CONTRACT, MOVES, updated_at=now, end_reason=reason)
