"""Moves money that is due and asks the provider what became of what was sent."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.core.clock import Clock
from marketplace.core.doorbell import MOVE_MONEY
from marketplace.payments.sandbox.courier import deliver_due
from marketplace.payments.services.provider_sync import ask_due
from workers.bounded import do_batches


@shared_task(name="workers.payments.move_due")
def move_due() -> None:
    """Deliver the sandbox's messages, then ask and send, batch by batch."""
    clock: Clock = current_app.extensions["clock"]
    secret: str = current_app.extensions["settings"].keys("secret_key")[0]
    do_batches(MOVE_MONEY, lambda: deliver_due(secret, clock.now) + ask_due(clock.now))
