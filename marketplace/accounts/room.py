"""People: accounts, sessions, profiles, and what links two accounts."""

from __future__ import annotations

from marketplace.core.rooms import Room

ROOM = Room(
    views="marketplace.accounts.views",
    commands=("marketplace.accounts.command:admin",),
    start_web="marketplace.accounts.security:init_security",
)
