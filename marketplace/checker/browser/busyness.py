"""How busy this machine is, so that a page gets more time, and no blame, while others use the processor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

MAX_FACTOR = 6.0
"""No budget is stretched further: a page may be what keeps the machine busy."""
TOO_BUSY = 2.0
"""From this factor on a page that ran out of time is not blamed."""
LEAST_SECONDS = 0.01
"""Of processor time, added to what was measured, so that a measurement just begun says little."""
ACCOUNT = Path("/proc/thread-self/schedstat")
"""What Linux counts for the thread that reads it: nanoseconds on a processor, and waiting for one."""


class Busyness:
    """Measured since it was made; to be used in one thread. Where there is no account, a machine is never busy."""

    def __init__(self) -> None:
        self._ran, self._waited = _account()

    @property
    def factor(self) -> float:
        """How many times as long as on an idle machine our work takes, 1 to MAX_FACTOR."""
        ran, waited = _account()
        return min(1 + (waited - self._waited) / (ran - self._ran + LEAST_SECONDS), MAX_FACTOR)

    @property
    def is_too_busy(self) -> bool:
        """Whether what was late may be late because of us."""
        return self.factor >= TOO_BUSY

    def stretched(self, seconds: float) -> float:
        """The budget, longer on a busy machine."""
        return seconds * self.factor

    @asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncGenerator[None]:
        """As asyncio.timeout, for a budget that is stretched when its end has come; raises TimeoutError."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with asyncio.timeout(None) as bound:
            due = loop.call_later(seconds, lambda: bound.reschedule(started + self.stretched(seconds)))
            try:
                yield
            finally:
                due.cancel()


def _account() -> tuple[float, float]:
    """Seconds that this thread ran, and waited to run."""
    try:
        ran, waited, _ = ACCOUNT.read_text().split()
    except (OSError, ValueError):
        return 0.0, 0.0
    return int(ran) / 1e9, int(waited) / 1e9
