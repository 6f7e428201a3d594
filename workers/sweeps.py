"""What the workers do by themselves, how often, and for which queue."""

from __future__ import annotations

from dataclasses import replace

from flask import current_app

from marketplace.accounts.services.sessions import forget_sessions
from marketplace.accounts.services.signals import forget_signals
from marketplace.accounts.services.tries import forget_tries
from marketplace.bids.services.pools import settle_due
from marketplace.bids.services.rescoring import rescore_due
from marketplace.checker.setup import setup_from
from marketplace.contracts.services.sweeping import do_due as do_due_deadlines
from marketplace.core import doorbell, mailer
from marketplace.core.database import db
from marketplace.core.sweeps import Clock, Sweep
from marketplace.disputes.services.sweeping import do_due as do_due_disputes
from marketplace.jobs.services.lifecycle import end_due
from marketplace.moderation.noticing.sweep import notice
from marketplace.payments.sandbox.courier import deliver_due
from marketplace.payments.services.provider_sync import ask_due
from marketplace.prototypes.quick_checks import LINK_SECONDS, check_due
from marketplace.reviews.services.revealing import reveal_due
from marketplace.watches.services import see_to_due


def _check(clock: Clock, _seconds: float) -> int:
    """Check what is due, side by side in one event loop, for a minute at most."""
    setup = replace(setup_from(current_app.extensions["settings"]), deadline=LINK_SECONDS)
    check_due(setup, clock)
    return 0  # what is due meanwhile was done too


def _examine(clock: Clock, _seconds: float) -> int:
    """Give due turns in the browser, a few pages side by side; the browser stays warm while there is work."""
    from marketplace.prototypes.full_checks import examine_due  # 65 MB that no other worker needs

    settings, files = current_app.extensions["settings"], current_app.extensions["files"]
    examine_due(setup_from(settings), files, clock, browser=settings.browser)
    return 0


def _mail(clock: Clock, seconds: float) -> int:
    return mailer.send_due(current_app.extensions["settings"], clock(), seconds)


def _move_money(clock: Clock, seconds: float) -> int:
    """Deliver the sandbox's messages, then ask and send."""
    return deliver_due(clock, seconds) + ask_due(clock, seconds)


def _end_jobs(clock: Clock, _seconds: float) -> int:
    moved = end_due(clock())
    db.session.commit()
    return moved


def _notice(clock: Clock, _seconds: float) -> int:
    notice(clock())
    return 0  # the rest waits for the next look


def _forget(clock: Clock, _seconds: float) -> int:
    """Delete what was not seen for 90 days, and tries and sessions that are over, a batch a transaction."""
    now = clock()
    forgotten = forget_signals(now) + forget_tries(now) + forget_sessions(now)
    db.session.commit()
    return forgotten


SWEEPS = [
    Sweep(doorbell.CHECK_PROTOTYPES, _check, every=5, queue="checks"),
    Sweep(doorbell.EXAMINE_PROTOTYPES, _examine, every=5, queue="browser"),
    Sweep(doorbell.RESCORE_JOBS, rescore_due, every=5, queue="ranks"),
    Sweep(doorbell.SEND_MAIL, _mail, every=5, queue="mail"),
    Sweep(doorbell.END_JOBS, _end_jobs, every=15, queue="deadlines"),
    Sweep(doorbell.NOTICE, _notice, every=300, queue="chores"),
    Sweep(doorbell.FORGET_SIGNALS, _forget, every=3600, queue="chores"),
    Sweep(doorbell.DO_DEADLINES, do_due_deadlines, every=5, queue="deadlines"),
    Sweep(doorbell.MOVE_MONEY, _move_money, every=5, queue="money"),
    Sweep(doorbell.DO_DISPUTES, do_due_disputes, every=15, queue="deadlines"),
    Sweep(doorbell.SEE_TO_WATCHES, see_to_due, every=30, queue="chores"),
    Sweep(doorbell.SETTLE_POOLS, settle_due, every=15, queue="deadlines"),
    Sweep(doorbell.REVEAL_REVIEWS, reveal_due, every=15, queue="deadlines"),
]
