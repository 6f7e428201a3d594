"""Rings and sweeps end up where a worker listens."""

from __future__ import annotations

import pytest
from celery import Celery
from flask import Flask

from config.settings import Settings
from marketplace.core.doorbell import (
    CHECK_PROTOTYPES,
    DO_DEADLINES,
    DO_DISPUTES,
    END_JOBS,
    EXAMINE_PROTOTYPES,
    FORGET_SIGNALS,
    MOVE_MONEY,
    NOTICE,
    RESCORE_JOBS,
    REVEAL_REVIEWS,
    SEE_TO_WATCHES,
    SEND_MAIL,
    SETTLE_POOLS,
)
from marketplace.processes import processes_of
from workers.app import SWEEPS, celery

TASKS = [
    CHECK_PROTOTYPES, EXAMINE_PROTOTYPES, RESCORE_JOBS, SEND_MAIL, END_JOBS, NOTICE, FORGET_SIGNALS, DO_DEADLINES,
    MOVE_MONEY, DO_DISPUTES, SEE_TO_WATCHES, SETTLE_POOLS, REVEAL_REVIEWS,
]  # fmt: skip


def queue_of(sender: Celery, task: str) -> str:
    return sender.amqp.router.route({}, task)["queue"].name


@pytest.mark.parametrize("task", TASKS)
def test_a_ring_goes_where_a_worker_listens(app: Flask, settings: Settings, task: str) -> None:
    queue = queue_of(app.extensions["doorbell"], task)
    listened = [
        one.arguments[one.arguments.index("--queues") + 1].split(",")
        for one in processes_of(settings)
        if "--queues" in one.arguments
    ]
    assert queue == queue_of(celery, task)
    assert queue in [name for names in listened for name in names]


def test_every_doorbell_has_a_sweep_and_a_worker_that_knows_it(settings: Settings) -> None:
    celery.loader.import_default_modules()
    assert {task for _, task, _ in SWEEPS} == set(TASKS) <= set(celery.tasks)
