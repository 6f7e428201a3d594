"""Sweeps run on schedule whatever the machine's clock is set to."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from marketplace.rooms import ROOMS
from workers.app import celery
from workers.steady import every, steady_now


def test_sweep_is_due_by_elapsed_time_not_time_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep, before = every(5), steady_now()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert steady_now() - before < timedelta(seconds=5)
    assert sweep.is_due(before - timedelta(seconds=6)).is_due
    assert not sweep.is_due(steady_now()).is_due


def test_all_sweeps_use_the_steady_schedule() -> None:
    plans = celery.conf.beat_schedule.values()
    assert [(plan["task"], plan["schedule"].seconds) for plan in plans] == [
        (sweep.task, sweep.every) for room in ROOMS for sweep in room.sweeps
    ]
    assert all(plan["schedule"].nowfun is steady_now for plan in plans)
