"""Watches: looking for rejected work on clients' sites, where its bidder wished it."""

from __future__ import annotations

from marketplace.core import events
from marketplace.core.rooms import Room
from marketplace.watches import listeners
from marketplace.watches.likeness import explain_watched_site

ROOM = Room(
    views="marketplace.watches.views",
    listeners=((events.prototype_examined, listeners.on_examination),),
    explainers=(explain_watched_site,),
)
