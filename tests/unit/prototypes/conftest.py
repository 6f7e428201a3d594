"""What the tests of the link checker share: short budgets, a guard that lets chosen servers through, certificates."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest
import trustme

from marketplace.prototypes.fetching.client import Client
from marketplace.prototypes.fetching.fetch import Guard, fetch
from marketplace.prototypes.fetching.trail import Limits, Trail
from marketplace.prototypes.guard.address import IPAddress, Link
from tests.support.sites import Site

QUICK = Limits(seconds=2.0, connect_seconds=1.5)

Fetch = Callable[..., Trail]


@pytest.fixture
def fetching() -> Fetch:
    """Fetch a URL with the given sites let through and a budget of one second."""

    def fetch_now(
        url: str, *sites: Site, limits: Limits = QUICK, guard: Guard | None = None, trust: Path | None = None
    ) -> Trail:
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


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.roots = folder / "roots.pem"
        self._ca.cert_pem.write_to_path(str(self.roots))

    def context(self, *names: str, **wanted: object) -> ssl.SSLContext:
        """A server's context with a certificate for `names`; not_before and not_after may be given."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names, **wanted).configure_cert(context)  # pyright: ignore[reportArgumentType]
        return context

    def without_its_chain(self, *names: str) -> ssl.SSLContext:
        """A server's context with a certificate by an authority below ours, which the server doesn't show."""
        issued = self._ca.create_child_ca().issue_cert(*names)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with issued.cert_chain_pems[0].tempfile() as own, issued.private_key_pem.tempfile() as key:
            context.load_cert_chain(own, key)
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))
