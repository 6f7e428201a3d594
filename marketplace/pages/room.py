"""Combined pages: dashboard, profile, job, bid, contract and help, and the counts in the navigation."""

from __future__ import annotations

from marketplace.core.rooms import Room

ROOM = Room(views="marketplace.pages.views")
