"""Per-host limit within one event loop: few connections at once, and an interval between requests."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from marketplace.checker.fetch.fetch import HostBusy, no_gate
from marketplace.checker.guard.address import Link

IDLE_HOSTS_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Politeness:
    """Limits for one host, however many links point to it."""

    connections: int = 2
    interval: float = 1.0
    """Seconds between the starts of two requests."""
    patience: float = 30.0
    """Seconds that a request waits for a slot before HostBusy."""
    slot: float = 15.0
    """Seconds after which the slot of a dead worker is free again; longer than any page may take."""


UNLIMITED = Politeness(connections=1024, interval=0)
"""No limit; for development and benchmarks on loopback."""


@dataclass(slots=True)
class _Host:
    connections: asyncio.Semaphore
    next_at: float = 0.0
    users: int = field(default=0)


class HostGate:
    """Limits requests per host, within one event loop."""

    def __init__(self, politeness: Politeness) -> None:
        self._politeness = politeness
        self._hosts: dict[str, _Host] = {}

    def __call__(self, link: Link) -> AbstractAsyncContextManager[None]:
        """A slot for one request; raises HostBusy at once when the queue is too long, else after `patience`."""
        if self._politeness is UNLIMITED:
            return no_gate(link)
        return _Turn(self, self._host(link.host), link)

    async def enter(self, host: _Host, link: Link) -> None:
        """Wait for a slot."""
        if max(host.users - self._politeness.connections, 0) * self._politeness.interval > self._politeness.patience:
            raise HostBusy(f"{host.users} requests are waiting for {link.host}")
        host.users += 1
        try:
            give_up_at = asyncio.get_running_loop().time() + self._politeness.patience
            await self._connection(host, link, give_up_at)
            try:
                await self._moment(host, link, give_up_at)
            except BaseException:
                host.connections.release()
                raise
        except BaseException:
            host.users -= 1
            raise

    async def _connection(self, host: _Host, link: Link, give_up_at: float) -> None:
        if not host.connections.locked():
            await host.connections.acquire()
            return
        try:
            async with asyncio.timeout_at(give_up_at):
                await host.connections.acquire()
        except TimeoutError:
            raise HostBusy(f"no turn for {link.host} in {self._politeness.patience:g} s") from None

    async def _moment(self, host: _Host, link: Link, give_up_at: float) -> None:
        moment = asyncio.get_running_loop().time()
        at = max(moment, host.next_at)
        if at > give_up_at:
            raise HostBusy(f"{link.host} asked us to wait")
        host.next_at = at + self._politeness.interval
        if at > moment:
            await asyncio.sleep(at - moment)

    def leave(self, host: _Host) -> None:
        """Release the slot."""
        host.connections.release()
        host.users -= 1

    async def pause(self, link: Link, seconds: float) -> None:
        """Send this host nothing for so long (Retry-After)."""
        host = self._host(link.host)
        host.next_at = max(host.next_at, asyncio.get_running_loop().time() + seconds)

    async def aclose(self) -> None:
        """Nothing to close; SharedGate has connections."""

    def _host(self, name: str) -> _Host:
        if len(self._hosts) > IDLE_HOSTS_KEPT:
            now = asyncio.get_running_loop().time()
            self._hosts = {key: host for key, host in self._hosts.items() if host.users or host.next_at > now}
        if name not in self._hosts:
            self._hosts[name] = _Host(asyncio.Semaphore(self._politeness.connections))
        return self._hosts[name]


class _Turn:
    """A hand-written context manager: contextlib's would double the cost of the gate."""

    __slots__ = ("_gate", "_host", "_link")

    def __init__(self, gate: HostGate, host: _Host, link: Link) -> None:
        self._gate, self._host, self._link = gate, host, link

    async def __aenter__(self) -> None:
        await self._gate.enter(self._host, self._link)

    async def __aexit__(self, *_: object) -> None:
        self._gate.leave(self._host)
