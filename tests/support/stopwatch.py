"""Measure time as on an idle machine, so that no test fails because others use the processor."""

from __future__ import annotations

import threading
import time
from pathlib import Path

ACCOUNT = Path("/proc/thread-self/schedstat")
"""Linux's counters for the reading thread: nanoseconds on a processor, and waiting for one."""
EVERY = 0.05
WORK = 0.002
"""Seconds of work per sample that measures the current speed."""
LONGEST = 600


class Stopwatch:
    """Runs from its creation until it is read."""

    def __init__(self) -> None:
        self._started, self._read = time.monotonic(), threading.Event()
        self._ran = self._waited = 0.0
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()

    @property
    def seconds(self) -> float:
        """Elapsed time, divided by the present slowdown against an idle machine."""
        passed = time.monotonic() - self._started
        self._read.set()
        self._sampler.join()
        return passed / (1 + self._waited / self._ran)

    def _sample(self) -> None:
        """Thread that works a little, repeatedly."""
        while time.monotonic() - self._started < LONGEST:
            until = time.thread_time() + WORK
            while time.thread_time() < until:
                pass
            ran, self._waited, _ = (int(part) / 1e9 for part in ACCOUNT.read_text().split())
            self._ran = ran + WORK
            if self._read.wait(EVERY):
                return
