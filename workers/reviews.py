"""Reveals reviews whose time is over."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.core.clock import Clock
from marketplace.reviews.services import reveal_due as reveal_due_rounds


@shared_task(name="workers.reviews.reveal_due")
def reveal_due() -> None:
    """Reveal round after round until none is due."""
    clock: Clock = current_app.extensions["clock"]
    while reveal_due_rounds(clock.now):
        pass
