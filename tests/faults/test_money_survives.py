"""Bids and money under load while parts break: what was acknowledged exists afterwards, once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator

import pytest

from tests.support.load import BIDS, LINKS, Load, load
from tests.support.market import Market, running_market
from tests.support.plant import wait_for
from tests.support.product import ROOT
from tests.support.sites import Site
from tests.support.surfer import Surfer

pytestmark = pytest.mark.faults
SECONDS = 150
HOURS = 3600


@pytest.fixture(scope="module")
def running(slow: Site) -> Generator[Market]:
    with running_market(slow.place) as market:
        yield market


@pytest.fixture
def market(running: Market) -> Generator[Market]:
    """The running market; dead processes are restarted."""
    with running.kept_running():
        running.await_ready()
        yield running


def all_there_once(people: Load) -> None:
    wait_for(people.is_settled, SECONDS)
    people.count()


def test_everything_is_killed_at_once(market: Market) -> None:
    with load(market.app, market.settings.site_url) as people:
        wait_for(lambda: people.is_under_way, SECONDS)
        market.kill_everything()
        wait_for(lambda: people.failures > 0, SECONDS)
    all_there_once(people)


def test_disk_is_full(market: Market) -> None:
    """Database, broker and files are on it."""
    with load(market.app, market.settings.site_url) as people:
        wait_for(lambda: people.is_under_way, SECONDS)
        market.fill_disk()
        wait_for(lambda: people.failures > 0, SECONDS)
        market.disk.make_room()
    all_there_once(people)


def test_clock_jumps_ahead_and_back(market: Market) -> None:
    """The database's clock, which decides what is due."""
    with load(market.app, market.settings.site_url) as people:
        wait_for(lambda: people.is_under_way, SECONDS)
        market.clock.move(2 * HOURS)
        ahead = people.acknowledged["charges"]
        wait_for(lambda: people.acknowledged["charges"] > ahead + 5, SECONDS)
        market.clock.move(0)
    market.clock.move(3 * HOURS)  # work postponed while the clock was ahead is due by then
    try:
        all_there_once(people)
    finally:
        market.clock.move(0)


def test_workers_can_not_reach_the_database(market: Market) -> None:
    with load(market.app, market.settings.site_url) as people:
        wait_for(lambda: people.is_under_way, SECONDS)
        bids = people.acknowledged["bids"]
        market.way.cut()
        try:
            wait_for(lambda: people.acknowledged["bids"] >= min(bids + 3, BIDS), SECONDS)
            assert Surfer(market.settings.site_url).sees("/jobs"), "pages answer all the same"
        finally:
            market.way.mend()
    all_there_once(people)


def test_browser_is_killed_under_load(market: Market, slow: Site) -> None:
    with load(market.app, market.settings.site_url, f"{slow.url}pictured/") as people:
        wait_for(lambda: market.is_examining() and market.kill_browsers() > 0, SECONDS)
    all_there_once(people)
    wait_for(lambda: market.full_checks() == [1] * LINKS, SECONDS)
    assert market.checks() == [1] * LINKS


def test_ledger_is_consistent_afterwards(market: Market) -> None:
    command = [sys.executable, "-m", "marketplace", "ledger", "verify"]
    environment = os.environ | {"DATABASE_URL": market.settings.database_url, "DATA_DIR": str(market.files.parent)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "in order" in done.stdout) == (0, True)
