"""Rings and sweeps use queues on which a worker listens."""

from __future__ import annotations

import pytest
from celery import Celery
from flask import Flask

from config.settings import Settings
from marketplace.core import doorbell
from marketplace.core.sweeps import Sweep
from marketplace.processes import processes_of
from marketplace.rooms import ROOMS
from workers.app import celery

SWEEPS = [sweep for room in ROOMS for sweep in room.sweeps]


def queue_of(sender: Celery, task: str) -> str:
    return sender.amqp.router.route({}, task)["queue"].name


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: sweep.task)
def test_ring_uses_a_queue_with_a_worker(app: Flask, settings: Settings, sweep: Sweep) -> None:
    queue = queue_of(app.extensions["doorbell"], sweep.task)
    listened = [
        one.arguments[one.arguments.index("--queues") + 1].split(",")
        for one in processes_of(settings)
        if "--queues" in one.arguments
    ]
    assert queue == queue_of(celery, sweep.task) == sweep.queue
    assert queue in [name for names in listened for name in names]


def test_every_doorbell_has_a_sweep_and_a_worker() -> None:
    names = {name for name in vars(doorbell).values() if isinstance(name, str) and name.startswith("workers.")}
    assert names == {sweep.task for sweep in SWEEPS} <= set(celery.tasks)
