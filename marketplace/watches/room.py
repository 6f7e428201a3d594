"""Watches: looking for rejected work on clients' sites, where its bidder wished it."""

from __future__ import annotations

from marketplace.core import events
from marketplace.core.rooms import Room
from marketplace.watches import listeners

ROOM = Room(
    views="marketplace.watches.views",
    listeners=(
        (events.prototype_examined, listeners.on_examination),
        (events.prototype_resembles, listeners.on_likeness),
    ),
    start_web="marketplace.watches.views:init_watches",
)
