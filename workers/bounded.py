"""Bounds what a task does in one go, so that one kind of work keeps no worker from the other kinds that it does."""

from __future__ import annotations

import time
from collections.abc import Callable

from marketplace.core.database import db
from marketplace.core.doorbell import ring

TASK_SECONDS = 10
"""After so long a task begins no further batch; with the batch under way it ends far within Celery's time limit."""


def do_batches(task_name: str, batch: Callable[[], int], seconds: float | None = None) -> None:
    """Do batch after batch until one finds nothing due; when the time is up before that, ring for another task."""
    stop_at = time.monotonic() + (TASK_SECONDS if seconds is None else seconds)
    while batch():
        if time.monotonic() >= stop_at:
            ring(task_name)
            db.session.commit()
            return
