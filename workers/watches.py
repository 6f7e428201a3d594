"""Looks at clients' sites for rejected work, where its bidder wished it."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.core.clock import Clock
from marketplace.watches.services import see_to_due as see_to_due_watches


@shared_task(name="workers.watches.see_to_due")
def see_to_due() -> None:
    """See to watch after watch until none is due."""
    clock: Clock = current_app.extensions["clock"]
    while see_to_due_watches(clock.now):
        pass
