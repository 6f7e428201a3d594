"""What the contract does to its job: complete it, end it, or give it back to be decided again."""

from __future__ import annotations

from datetime import datetime, timedelta

from marketplace.core.transitions import move
from marketplace.jobs.models import Job
from marketplace.jobs.services.locking import lock_job
from marketplace.jobs.states import MOVES, JobState

CONTRACT = "contract"
TIME_TO_DECIDE_AGAIN = timedelta(days=7)
"""At least so long the client has after an offer fell through."""


def decide_again(job: Job, now: datetime) -> None:
    """An award fell through: the job is closed for bids and to be decided, for a week from now at least."""
    lock_job(job)
    decision_deadline = max(job.decision_deadline or now, now + TIME_TO_DECIDE_AGAIN)
    move(job, JobState.CLOSED, CONTRACT, MOVES, updated_at=now, decision_deadline=decision_deadline)


def complete_job(job: Job, now: datetime) -> None:
    """The work is done and paid."""
    lock_job(job)
    move(job, JobState.COMPLETED, CONTRACT, MOVES, updated_at=now)


def end_awarded_job(job: Job, reason: str, now: datetime) -> None:
    """The contract was given up; those who lost long ago are not told."""
    lock_job(job)
    move(job, JobState.CANCELLED, CONTRACT, MOVES, updated_at=now, end_reason=reason)
