"""Sends due mail."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.core.clock import DatabaseClock
from marketplace.core.mailer import send_due


@shared_task(name="workers.mail.send_due")
def send_due_mail() -> None:
    """Send what is due, batch by batch, until nothing is left or nothing goes out."""
    while send_due(current_app.extensions["settings"], DatabaseClock().now()):
        continue
