"""Schedules on a monotonic clock: sweeps go on when the machine's clock is set back."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from celery.schedules import schedule

_STARTED_AT, _STARTED = datetime.now(UTC), time.monotonic()


def steady_now() -> datetime:
    """The time at this process's start plus monotonic time since; unaffected by changes of the clock."""
    return _STARTED_AT + timedelta(seconds=time.monotonic() - _STARTED)


def every(seconds: float) -> schedule:
    """A schedule due every `seconds`, by the monotonic clock."""
    return schedule(timedelta(seconds=seconds), nowfun=steady_now)
