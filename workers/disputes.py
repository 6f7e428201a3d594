"""Does what is due in disputes: silence that becomes no reply, rulings that become final."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.core.clock import Clock
from marketplace.core.doorbell import DO_DISPUTES
from marketplace.disputes.services import do_due as do_due_disputes
from workers.bounded import do_batches


@shared_task(name="workers.disputes.do_due")
def do_due() -> None:
    """See to dispute after dispute."""
    clock: Clock = current_app.extensions["clock"]
    do_batches(DO_DISPUTES, lambda: do_due_disputes(clock.now))
