"""Does what is due in contracts: reminders, releases by silence, comparisons of what went live."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.contracts.services import do_due as do_due_deadlines
from marketplace.core.clock import Clock
from marketplace.core.doorbell import DO_DEADLINES
from workers.bounded import do_batches


@shared_task(name="workers.contracts.do_due")
def do_due() -> None:
    """See to deadline after deadline."""
    clock: Clock = current_app.extensions["clock"]
    do_batches(DO_DEADLINES, lambda: do_due_deadlines(clock.now))
