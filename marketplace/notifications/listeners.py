"""What lower rooms' events mean for people: each becomes notifications in the same transaction."""

from __future__ import annotations


def connect_listeners() -> None:
    """Subscribe to the events; calling it again changes nothing."""
