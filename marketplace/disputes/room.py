"""Disputes: frozen money, evidence, splits and rulings."""

from __future__ import annotations

from marketplace.core import events
from marketplace.core.rooms import Room
from marketplace.disputes import listeners

ROOM = Room(
    views="marketplace.disputes.views",
    listeners=((events.milestone_refunded, listeners.on_refund),),
)
