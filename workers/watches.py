"""Looks at clients' sites for rejected work, where its bidder wished it."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.core.clock import Clock
from marketplace.core.doorbell import SEE_TO_WATCHES
from marketplace.watches.services import see_to_due as see_to_due_watches
from workers.bounded import do_batches


@shared_task(name="workers.watches.see_to_due")
def see_to_due() -> None:
    """See to watch after watch."""
    clock: Clock = current_app.extensions["clock"]
    do_batches(SEE_TO_WATCHES, lambda: see_to_due_watches(clock.now))
