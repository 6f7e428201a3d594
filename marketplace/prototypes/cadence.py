"""When a link is rechecked: often at first, then hourly, then daily; soon after an unclear result."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from marketplace.prototypes.states import PrototypeState

DENSE = timedelta(minutes=10)
HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
AFTER_FAILURE = timedelta(minutes=16)
"""Long enough that three failures in a row span more than half an hour."""
FAILURES_WATCHED_CLOSELY = 6
AFTER_UNKNOWN = timedelta(minutes=2)
JITTER = 0.1


def next_check(
    state: PrototypeState,
    now: datetime,
    *,
    submitted_at: datetime,
    failures: int = 0,
    unknowns: int = 0,
    retry_after: int | None = None,
    chance: float | None = None,
) -> datetime:
    """When the next check is due after one that ended in `state`.

    `retry_after` is what the host asked for (seconds); `chance` (0..1) replaces the random jitter of up to 10 %.
    """
    if state == PrototypeState.UNKNOWN:
        pause = min(AFTER_UNKNOWN * 2 ** min(unknowns, 10), HOURLY)
        pause = max(pause, timedelta(seconds=retry_after or 0))
    elif state == PrototypeState.BROKEN and failures <= FAILURES_WATCHED_CLOSELY:
        pause = AFTER_FAILURE
    elif state == PrototypeState.REFUSED:
        pause = DAILY
    else:
        age = now - submitted_at
        pause = DENSE if age < HOURLY else HOURLY if age < DAILY else DAILY
    jitter = random.random() if chance is None else chance  # noqa: S311 (spreads load, guards nothing)
    return now + pause * (1 + JITTER * jitter)
