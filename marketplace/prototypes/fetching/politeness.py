"""Gentle to every host: few connections at once, a pause between requests, and nobody else waits for a slow one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from marketplace.prototypes.fetching.fetch import HostBusy
from marketplace.prototypes.guard.address import Link

IDLE_HOSTS_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Politeness:
    """How we treat one host, whatever the number of links on it."""

    connections: int = 2
    interval: float = 1.0
    """Seconds between the starts of two requests."""
    patience: float = 30.0
    """Seconds that a request waits for its turn before it gives up for now."""


OPEN = Politeness(connections=1024, interval=0)
"""For development and benchmarks on loopback."""


@dataclass(slots=True)
class _Host:
    connections: asyncio.Semaphore
    next_at: float = 0.0
    users: int = field(default=0)


class HostGate:
    """Gives each host's requests their turns, within one event loop."""

    def __init__(self, politeness: Politeness) -> None:
        self._politeness = politeness
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def __call__(self, link: Link) -> AsyncGenerator[None]:
        """One request's turn; raises HostBusy at once when the queue is hopeless, and after `patience` otherwise."""
        host = self._host(link.host)
        if max(host.users - self._politeness.connections, 0) * self._politeness.interval > self._politeness.patience:
            raise HostBusy(f"{host.users} requests are waiting for {link.host}")
        host.users += 1
        try:
            await self._turn(host, link)
            try:
                yield
            finally:
                host.connections.release()
        finally:
            host.users -= 1

    async def _turn(self, host: _Host, link: Link) -> None:
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._politeness.patience
        try:
            async with asyncio.timeout_at(give_up_at if host.connections.locked() else None):
                await host.connections.acquire()
        except TimeoutError:
            raise HostBusy(f"no turn for {link.host} in {self._politeness.patience:g} s") from None
        at = max(loop.time(), host.next_at)
        if at > give_up_at:
            host.connections.release()
            raise HostBusy(f"{link.host} asked us to wait")
        host.next_at = at + self._politeness.interval
        if at <= loop.time():
            return
        try:
            await asyncio.sleep(at - loop.time())
        except asyncio.CancelledError:
            host.connections.release()
            raise

    def pause(self, link: Link, seconds: float) -> None:
        """Leave a host alone for a while, because it said so (Retry-After)."""
        host = self._host(link.host)
        host.next_at = max(host.next_at, asyncio.get_running_loop().time() + seconds)

    def _host(self, name: str) -> _Host:
        if len(self._hosts) > IDLE_HOSTS_KEPT:
            now = asyncio.get_running_loop().time()
            self._hosts = {key: host for key, host in self._hosts.items() if host.users or host.next_at > now}
        if name not in self._hosts:
            self._hosts[name] = _Host(asyncio.Semaphore(self._politeness.connections))
        return self._hosts[name]
