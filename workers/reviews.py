"""Reveals reviews whose time is over."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.core.clock import Clock
from marketplace.core.doorbell import REVEAL_REVIEWS
from marketplace.reviews.services import reveal_due as reveal_due_rounds
from workers.bounded import do_batches


@shared_task(name="workers.reviews.reveal_due")
def reveal_due() -> None:
    """Reveal round after round."""
    clock: Clock = current_app.extensions["clock"]
    do_batches(REVEAL_REVIEWS, lambda: reveal_due_rounds(clock.now))
