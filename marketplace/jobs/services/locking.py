"""Holds a job while something is decided about it."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.core.database import db
from marketplace.jobs.models import Job


def lock(job: Job) -> None:
    """Read the job's row anew and hold it until the transaction ends, so that what is checked stays true."""
    held = select(Job).where(Job.id == job.id).with_for_update(key_share=True)  # rows that point to it may still come
    db.session.scalar(held.execution_options(populate_existing=True))
