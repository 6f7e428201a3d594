"""Messages: a thread per bid."""

from __future__ import annotations

from marketplace.core.rooms import Room

ROOM = Room(
    views="marketplace.messages.views",
)
