"""What the tests of the link checker share: short budgets, a guard that lets chosen servers through, certificates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest

from marketplace.checker.fetch.client import Client
from marketplace.checker.fetch.fetch import Guard, fetch
from marketplace.checker.fetch.result import FetchLimits, FetchResult
from marketplace.checker.guard.address import IPAddress, Link
from tests.support.certificates import Authority
from tests.support.sites import Site

QUICK = FetchLimits(seconds=2.0, connect_seconds=1.5)

Fetch = Callable[..., FetchResult]


@pytest.fixture
def fetching() -> Fetch:
    """Fetch a URL with the given sites let through and a budget of one second."""

    def fetch_now(
        url: str, *sites: Site, limits: FetchLimits = QUICK, guard: Guard | None = None, trust: Path | None = None
    ) -> FetchResult:
        guard = guard or Guard(frozenset(site.place for site in sites), no_names)
        link = guard.read(url)
        assert isinstance(link, Link), link
        return asyncio.run(fetch(link, guard=guard, limits=limits, client=Client(trust)))

    return fetch_now


async def no_names(host: str) -> list[IPAddress]:
    """A resolver for tests in which no name may be looked up: nothing leaves this machine."""
    raise AssertionError(host)


def guard_for(name: str, site: Site, *answers: str) -> Guard:
    """Lets `name` at the site's port through, resolving to `answers` (the site's own address unless given)."""

    async def resolve(host: str) -> list[IPAddress]:
        return [ip_address(answer) for answer in answers or (site.host,)]

    return Guard(frozenset({f"{name}:{site.port}"}), resolve)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))
