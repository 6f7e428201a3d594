"""Notifications: what people are told, once, in the inbox and by mail."""

from __future__ import annotations

from marketplace.core.rooms import Room
from marketplace.notifications import contracts, disputes, listeners, reviews

ROOM = Room(
    views="marketplace.notifications.views",
    listeners=(*listeners.LISTENERS, *contracts.LISTENERS, *disputes.LISTENERS, *reviews.LISTENERS),
)
