"""Moderation: reports, acts, the audit log, and anomalies of the rank."""

from __future__ import annotations

from marketplace.core import doorbell, events
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Clock, Sweep
from marketplace.moderation import listeners
from marketplace.moderation.noticing.sweep import notice


def _notice(clock: Clock, _seconds: float) -> int:
    notice(clock())
    return 0  # the rest waits for the next run


ROOM = Room(
    views="marketplace.moderation.views",
    listeners=(
        (events.moderation_acted, listeners.tell_affected),
        (events.dispute_ruled, listeners.log_ruling),
        (events.work_reused, listeners.take_in_match),
        (events.report_decided, listeners.tell_reporter),
    ),
    sweeps=(Sweep(doorbell.NOTICE, _notice, every=300, queue="chores"),),
)
