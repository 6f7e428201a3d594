"""Does what is due in disputes: silence that becomes no reply, rulings that become final."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.core.clock import Clock
from marketplace.disputes.services import do_due as do_due_disputes


@shared_task(name="workers.disputes.do_due")
def do_due() -> None:
    """See to dispute after dispute until none is due."""
    clock: Clock = current_app.extensions["clock"]
    while do_due_disputes(clock.now):
        pass
