"""A doorbell that reaches no broker and remembers what was rung."""

from __future__ import annotations


class Bell:
    """Stands where the broker's producer stands, and counts."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def send_task(self, name: str, **_: object) -> None:
        self.rung.append(name)
