"""Exponential backoff: the pause before the next try, and when to give up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double from `first` up to `longest`."""

    first: timedelta
    longest: timedelta
    max_tries: int | None = None
    """Give up after this many tries; None: never."""

    def next_due(self, tries: int, now: datetime) -> datetime | None:
        """Return when to try again after `tries` tries, or None to give up.

        >>> Backoff(timedelta(seconds=1), timedelta(hours=1)).next_due(3, datetime(2026, 1, 1))
        datetime.datetime(2026, 1, 1, 0, 0, 8)
        """
        if self.max_tries is not None and tries >= self.max_tries:
            return None
        return now + min(self.first * 2 ** min(tries, 20), self.longest)
