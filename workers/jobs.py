"""Ends jobs whose deadlines have passed."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.doorbell import END_JOBS
from marketplace.jobs.services import end_due as end_due_jobs
from workers.bounded import do_batches


@shared_task(name="workers.jobs.end_due")
def end_due() -> None:
    """Move what is due, a batch a transaction."""
    clock: Clock = current_app.extensions["clock"]
    now = clock.now()

    def batch() -> int:
        moved = end_due_jobs(now)
        db.session.commit()
        return moved

    do_batches(END_JOBS, batch)
