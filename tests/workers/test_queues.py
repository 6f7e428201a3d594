"""Rings and sweeps end up where a worker listens."""

from __future__ import annotations

import pytest
from celery import Celery
from flask import Flask

from config.settings import Settings
from marketplace.core.doorbell import ROUTES
from marketplace.core.sweeps import Sweep
from marketplace.processes import processes_of
from workers.app import celery
from workers.sweeps import SWEEPS


def queue_of(sender: Celery, task: str) -> str:
    return sender.amqp.router.route({}, task)["queue"].name


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: sweep.task)
def test_a_ring_goes_where_a_worker_listens(app: Flask, settings: Settings, sweep: Sweep) -> None:
    queue = queue_of(app.extensions["doorbell"], sweep.task)
    listened = [
        one.arguments[one.arguments.index("--queues") + 1].split(",")
        for one in processes_of(settings)
        if "--queues" in one.arguments
    ]
    assert queue == queue_of(celery, sweep.task) == sweep.queue
    assert queue in [name for names in listened for name in names]


def test_every_doorbell_has_a_sweep_and_a_worker_that_knows_it() -> None:
    assert set(ROUTES) == {sweep.task for sweep in SWEEPS} <= set(celery.tasks)
