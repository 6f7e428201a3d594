"""Full checks in the browser survive dying parts: every prototype is examined once, and none is blamed."""

from __future__ import annotations

import hashlib
import signal

import pytest
from redis import Redis

from tests.support.plant import SECONDS, Plant, all_examined, wait_for
from tests.support.sites import Site
from tests.support.small_disk import small_disk

pytestmark = pytest.mark.faults
PATHS = range(2)


@pytest.fixture
def examining(plant: Plant, slow: Site) -> Plant:
    """Running workers, with the first pages in the browser."""
    begin(plant, slow)
    return plant


def begin(plant: Plant, slow: Site) -> None:
    slow.requests.clear()
    plant.submit(*[f"{slow.url}pictured/{number}" for number in PATHS])
    wait_for(plant.is_examining, SECONDS)


def pictures_sent(slow: Site) -> int:
    return sum(request.target == "/picture" for request in slow.requests)


def test_browser_is_killed(examining: Plant) -> None:
    wait_for(lambda: examining.kill_browsers() > 0, 30)
    all_examined(examining, len(PATHS))


def test_database_crashes_during_a_browser_run(examining: Plant) -> None:
    examining.database.stop(signal.SIGQUIT)
    examining.database.start()
    all_examined(examining, len(PATHS))


def test_broker_loses_all_data_during_a_browser_run(examining: Plant) -> None:
    Redis.from_url(examining.broker.url).flushall()
    all_examined(examining, len(PATHS))


def test_proxy_disappears_during_a_browser_run(examining: Plant, slow: Site) -> None:
    wait_for(lambda: pictures_sent(slow) == len(PATHS), SECONDS)
    assert examining.close_proxies() >= len(PATHS)
    all_examined(examining, len(PATHS))
    assert pictures_sent(slow) == 2 * len(PATHS), "all of them were looked at anew"


def test_disk_is_full_when_screenshots_are_stored(plant: Plant, slow: Site) -> None:
    with small_disk(plant.files) as disk:
        begin(plant, slow)
        disk.fill()
        wait_for(lambda: plant.spoiled() == len(PATHS), SECONDS)
        plant.submit(f"{slow.url}more")
        wait_for(plant.all_told, SECONDS)
        assert (set(plant.states()), plant.full_checks()) == ({"live"}, [])
        disk.make_room()
        all_examined(plant, len(PATHS) + 1)
        for file in (path for path in plant.files.rglob("*") if path.is_file()):
            assert hashlib.sha256(file.read_bytes()).hexdigest() == file.name, "whole pictures, and nothing else"
