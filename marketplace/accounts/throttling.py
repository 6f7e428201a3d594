"""Waiting time before the next try: pure rules for passwords and for mailed links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """The first `free` tries wait for nothing; each further one doubles the wait, up to the longest."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta
    forgotten_after: timedelta
    """The count is reset after this time without a try."""

    def wait_after(self, tries: int) -> timedelta:
        """Waiting time of the next try after so many."""
        if tries < self.free:
            return timedelta(0)
        return min(self.first_wait * 2 ** min(tries - self.free, 20), self.longest_wait)

    def counted(self, tries: int, last: datetime, now: datetime) -> int:
        """How many tries still count."""
        return 0 if now - last >= self.forgotten_after else tries


HOUR = timedelta(hours=1)
STRICT = Limit(free=10, first_wait=HOUR, longest_wait=HOUR, forgotten_after=HOUR)
"""Wrong passwords for one account from one network, from one known device, or in one person's own session."""
GROWING = Limit(
    free=10, first_wait=timedelta(seconds=5), longest_wait=timedelta(minutes=15), forgotten_after=timedelta(days=1)
)
"""Wrong passwords for one account from all unknown devices: leaves a botnet about a hundred guesses a day."""
CROWDED = Limit(free=100, first_wait=timedelta(minutes=1), longest_wait=timedelta(minutes=15), forgotten_after=HOUR)
"""Wrong passwords from one network's unknown devices, for any account; an office may share one address."""
LINKS = Limit(
    free=2, first_wait=timedelta(minutes=5), longest_wait=timedelta(minutes=30), forgotten_after=timedelta(days=1)
)
"""Mails of one kind with a link to one address. The longest wait is shorter than a link's lifetime, so requesting links
in somebody's name floods no inbox and leaves that person a working link."""
