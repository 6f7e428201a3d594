"""Disputes room: frozen money, evidence, splits and rulings."""

from __future__ import annotations

from marketplace.core import doorbell, events
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Sweep
from marketplace.disputes import listeners
from marketplace.disputes.services.sweeping import do_due

ROOM = Room(
    views="marketplace.disputes.views",
    listeners=((events.milestone_refunded, listeners.on_refund),),
    sweeps=(Sweep(doorbell.DO_DISPUTES, do_due, every=15, queue="deadlines"),),
)
