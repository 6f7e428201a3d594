"""Sends due mail."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.core.clock import DatabaseClock
from marketplace.core.doorbell import SEND_MAIL
from marketplace.core.mailer import send_due
from workers.bounded import do_batches


@shared_task(name="workers.mail.send_due")
def send_due_mail() -> None:
    """Send batch after batch while mails go out."""
    settings = current_app.extensions["settings"]
    do_batches(SEND_MAIL, lambda: send_due(settings, DatabaseClock().now()))
