"""Lock a job while something is decided about it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from marketplace.core.database import db
from marketplace.jobs.models import Job


def lock_job(job: Job) -> None:
    """Read the job's row anew and lock it until the transaction ends, so that what is checked stays true."""
    rows = select(Job).where(Job.id == job.id).with_for_update(key_share=True)  # rows that point to it may still come
    db.session.scalar(rows.execution_options(populate_existing=True))


def lock_jobs(job_ids: Collection[int]) -> None:
    """The same for several, in one order, so that no two transactions wait for each other's rows."""
    rows = select(Job.id).where(Job.id.in_(job_ids)).order_by(Job.id)
    db.session.scalars(rows.with_for_update(key_share=True)).all()
