"""Row locks on jobs for decisions about them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from marketplace.core.database import db
from marketplace.jobs.models import Job


def lock_job(job: Job) -> None:
    """Reload the job's row and lock it until the transaction ends, so that checked conditions stay true."""
    rows = select(Job).where(Job.id == job.id).with_for_update(key_share=True)  # rows may still refer to it
    db.session.scalar(rows.execution_options(populate_existing=True))


def lock_jobs(job_ids: Collection[int]) -> None:
    """Lock several jobs in a fixed order, which prevents deadlocks."""
    rows = select(Job.id).where(Job.id.in_(job_ids)).order_by(Job.id)
    db.session.scalars(rows.with_for_update(key_share=True)).all()
