"""Measure how slow this machine is at present, so that no test fails because others use the processors."""

from __future__ import annotations

import os
import time

from marketplace.checker.browser.busyness import Busyness

MAX_FACTOR = 20.0


class Deadline:
    """A time limit in seconds on an idle machine, extended by how much slower this one is."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._started, self._busyness = seconds, time.monotonic(), Busyness()

    @property
    def is_over(self) -> bool:
        return time.monotonic() - self._started > self._seconds * max(self._busyness.factor, crowding())


def crowding() -> float:
    """Processes per processor, 1 to MAX_FACTOR, averaged over the last minute."""
    wanting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return min(max(wanting, 1.0), MAX_FACTOR)
