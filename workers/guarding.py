"""Looks for what a human should see, and forgets signals that are too old."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.accounts.services import forget_signals as forget_old_signals
from marketplace.accounts.services.sessions import forget_sessions
from marketplace.accounts.services.tries import forget_tries
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.doorbell import FORGET_SIGNALS
from marketplace.moderation.noticing.sweep import notice as notice_new
from workers.bounded import do_batches


@shared_task(name="workers.guarding.notice")
def notice() -> None:
    """Let every rule look once at what is new."""
    clock: Clock = current_app.extensions["clock"]
    notice_new(clock.now())


@shared_task(name="workers.guarding.forget_signals")
def forget_signals() -> None:
    """Delete what was not seen for 90 days, and tries and sessions that are over, a batch a transaction."""
    clock: Clock = current_app.extensions["clock"]
    now = clock.now()

    def batch() -> int:
        forgotten = forget_old_signals(now) + forget_tries(now) + forget_sessions(now)
        db.session.commit()
        return forgotten

    do_batches(FORGET_SIGNALS, batch)
