"""Accounts: people, sessions, profiles, and links between accounts."""

from __future__ import annotations

from marketplace.accounts.services.sessions import forget_sessions
from marketplace.accounts.services.signals import forget_signals
from marketplace.accounts.services.tries import forget_tries
from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Clock, Sweep


def _forget(clock: Clock, _seconds: float) -> int:
    """Delete signals unseen for 90 days, and expired tries and sessions, one batch per transaction."""
    now = clock()
    forgotten = forget_signals(now) + forget_tries(now) + forget_sessions(now)
    db.session.commit()
    return forgotten


ROOM = Room(
    views="marketplace.accounts.views",
    commands=("marketplace.accounts.command:admin",),
    start_web="marketplace.accounts.security:init_security",
    sweeps=(Sweep(doorbell.FORGET_SIGNALS, _forget, every=3600, queue="chores"),),
)
