"""A doorbell without a broker that records its rings."""

from __future__ import annotations


class Bell:
    """Replaces the broker's producer, and counts rings."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def send_task(self, name: str, **_: object) -> None:
        self.rung.append(name)
