"""A task works for a limited time and rings again, so that it never blocks its worker."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

import workers.app
from marketplace.core.clock import DatabaseClock
from marketplace.core.doorbell import RESCORE_JOBS
from marketplace.core.sweeps import Clock, Sweep
from marketplace.processes import processes_of
from tests.support.bell import Bell


@pytest.fixture
def bell(app: Flask) -> Bell:
    app.extensions["doorbell"] = Bell()
    return app.extensions["doorbell"]


def sweep(batch: Callable[[Clock, float], int]) -> Sweep:
    return Sweep(RESCORE_JOBS, batch, every=5, queue="ranks")


def test_task_ends_when_nothing_is_due(app: Flask, bell: Bell) -> None:
    left = [20, 20, 3, 0]
    with app.app_context():
        sweep(lambda _clock, _seconds: left.pop(0)).run(DatabaseClock().now)
    assert (left, bell.rung) == ([], [])


def test_task_out_of_time_rings_for_another(app: Flask, bell: Bell) -> None:
    batches = []
    with app.app_context():
        sweep(lambda _clock, _seconds: batches.append(20) or 20).run(DatabaseClock().now, seconds=0)
    assert (batches, bell.rung) == ([20], [RESCORE_JOBS])


def test_worker_that_waits_for_others_has_one_queue() -> None:
    """Mail servers, payment providers and sites may be slow; ranks and deadlines need only our own database."""
    together = {
        one.arguments[one.arguments.index("--queues") + 1]
        for one in processes_of(workers.app.load_settings())
        if "--queues" in one.arguments
    }
    assert together == {"ranks,deadlines,chores", "mail", "money", "checks", "browser"}
