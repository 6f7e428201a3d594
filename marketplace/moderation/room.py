"""Moderation: reports, acts, the audit log, and what looks odd in the rank."""

from __future__ import annotations

from marketplace.core import events
from marketplace.core.rooms import Room
from marketplace.moderation import listeners

ROOM = Room(
    views="marketplace.moderation.views",
    listeners=(
        (events.moderation_acted, listeners.tell_affected),
        (events.dispute_ruled, listeners.log_ruling),
        (events.work_reused, listeners.take_in_match),
        (events.report_decided, listeners.tell_reporter),
    ),
)
