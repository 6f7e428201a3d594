"""Watches room: look for rejected work on clients' sites at the bidder's request."""

from __future__ import annotations

from marketplace.core import doorbell, events
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Sweep
from marketplace.watches import listeners
from marketplace.watches.likeness import explain_watched_site
from marketplace.watches.services import see_to_due

ROOM = Room(
    views="marketplace.watches.views",
    listeners=((events.prototype_examined, listeners.on_examination),),
    explainers=(explain_watched_site,),
    sweeps=(Sweep(doorbell.SEE_TO_WATCHES, see_to_due, every=30, queue="chores"),),
)
