"""Minimum rate of request bodies: one rule, as pure arithmetic on times that the caller passes in."""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 15.0
WINDOW_BYTES = 15 * 1024
"""1 KB/s on average over any 15 seconds."""
GRAIN_SECONDS = 0.25
"""Pieces closer together than this count as one, so that single-byte senders can't fill memory."""


class Pace:
    """Recent arrivals, and until when they suffice; times are seconds of any monotonic clock."""

    def __init__(self, began: float) -> None:
        self._arrivals = deque([(began, 0)])
        self._bytes = 0

    def arrived(self, moment: float, size: int) -> None:
        """Record `size` bytes at `moment`; forget what is no longer needed to fill the window."""
        last, before = self._arrivals[-1]
        if moment - last < GRAIN_SECONDS and len(self._arrivals) > 1:
            self._arrivals[-1] = last, before + size
        else:
            self._arrivals.append((moment, size))
        self._bytes += size
        while self._bytes - self._arrivals[0][1] >= WINDOW_BYTES:
            self._bytes -= self._arrivals.popleft()[1]

    def __len__(self) -> int:
        """Number of arrivals remembered."""
        return len(self._arrivals)

    @property
    def ends(self) -> float:
        """Time at which the last 15 s hold too few bytes if nothing more arrives."""
        return self._arrivals[0][0] + WINDOW_SECONDS
