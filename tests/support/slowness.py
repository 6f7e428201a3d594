"""How slow this machine is here and now, so that no test fails because others use the processors."""

from __future__ import annotations

import os
import time

from marketplace.checker.browser.busyness import Busyness

MAX_FACTOR = 20.0


class Deadline:
    """So many seconds from now on an idle machine, and as many times more as this one turns out to be slower."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._started, self._busyness = seconds, time.monotonic(), Busyness()

    @property
    def is_over(self) -> bool:
        return time.monotonic() - self._started > self._seconds * max(self._busyness.factor, crowding())


def crowding() -> float:
    """How many processes want each processor, 1 to MAX_FACTOR, as an average of the last minute."""
    wanting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return min(max(wanting, 1.0), MAX_FACTOR)
