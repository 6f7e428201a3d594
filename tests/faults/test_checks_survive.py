"""Link checks survive dying parts: every prototype reaches a verdict, none is recorded twice."""

from __future__ import annotations

import signal
import time

import pytest
from redis import Redis

from tests.support.plant import SECONDS, Plant, wait_for
from tests.support.sites import Site

pytestmark = pytest.mark.faults
PATHS = range(5)


def urls(slow: Site) -> list[str]:
    return [f"{slow.url}late/{number}" for number in PATHS]


def is_checking(plant: Plant) -> bool:
    return "checking" in plant.states()


def all_told_once(plant: Plant, within: float = SECONDS) -> None:
    wait_for(plant.all_told, within)
    assert set(plant.states()) == {"live"}
    assert plant.checks() == [1] * len(PATHS)


def test_worker_killed_before_it_took_a_task(plant: Plant, slow: Site) -> None:
    plant.kill(plant.child("checker"))
    plant.submit(*urls(slow))
    plant.start_workers()
    all_told_once(plant)


def test_worker_stopped_for_longer_than_its_lease(plant: Plant, slow: Site) -> None:
    plant.submit(*urls(slow))
    wait_for(lambda: is_checking(plant), SECONDS)
    plant.child("checker").signal_group(signal.SIGSTOP)
    other = plant.start_another("checker")
    try:
        wait_for(plant.all_told, 2 * SECONDS)  # after another worker's start, and the lease
    finally:
        plant.kill(other)
        plant.child("checker").signal_group(signal.SIGCONT)
    told = plant.records()
    plant.submit(f"{slow.url}late/more")
    wait_for(plant.all_told, SECONDS)
    assert plant.records()[: len(told)] == told, "the one that came back is at work again, and changed nothing"
    assert plant.checks() == [1] * (len(PATHS) + 1)


def test_broker_is_down_while_bids_arrive(plant: Plant, slow: Site) -> None:
    plant.broker.stop()
    started = time.monotonic()
    plant.submit(*urls(slow))
    assert time.monotonic() - started < 5, "nobody waits for a dead broker"
    plant.broker.start()
    all_told_once(plant)


def test_broker_loses_all_data(plant: Plant, slow: Site) -> None:
    Redis.from_url(plant.broker.url).flushall()
    plant.submit(*urls(slow))
    all_told_once(plant)


def test_database_crashes_during_a_check(plant: Plant, slow: Site) -> None:
    plant.submit(*urls(slow))
    wait_for(lambda: is_checking(plant), SECONDS)
    plant.database.stop(signal.SIGQUIT)
    plant.database.start()
    all_told_once(plant)
