"""How slowly somebody may send us a body: one rule, as pure arithmetic on moments that the caller gives."""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 15.0
WINDOW_BYTES = 15 * 1024
"""1 KB/s on average over any 15 seconds."""
GRAIN_SECONDS = 0.25
"""Arrivals closer than this count as one, so that a sender of single bytes fills no memory."""


class Pace:
    """What came lately, and until when that is enough; moments are seconds of any one clock that never goes back."""

    def __init__(self, began: float) -> None:
        self._arrivals = deque([(began, 0)])
        self._bytes = 0

    def arrived(self, moment: float, size: int) -> None:
        """`size` bytes came at `moment`; forgets what is no longer needed to fill the window."""
        last, before = self._arrivals[-1]
        if moment - last < GRAIN_SECONDS and len(self._arrivals) > 1:
            self._arrivals[-1] = last, before + size
        else:
            self._arrivals.append((moment, size))
        self._bytes += size
        while self._bytes - self._arrivals[0][1] >= WINDOW_BYTES:
            self._bytes -= self._arrivals.popleft()[1]

    def __len__(self) -> int:
        """How many arrivals are remembered."""
        return len(self._arrivals)

    @property
    def ends(self) -> float:
        """The moment at which the last 15 s hold too little, if nothing more comes."""
        return self._arrivals[0][0] + WINDOW_SECONDS
