"""Schedules that nobody moves by setting the machine's clock: when it goes back an hour, sweeps go on."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from celery.schedules import schedule

_STARTED_AT, _STARTED = datetime.now(UTC), time.monotonic()


def steady_now() -> datetime:
    """The time of day at this process's start and what has passed since then; not what the clock says today."""
    return _STARTED_AT + timedelta(seconds=time.monotonic() - _STARTED)


def every(seconds: float) -> schedule:
    """Due every so many seconds, by the steady clock."""
    return schedule(timedelta(seconds=seconds), nowfun=steady_now)
