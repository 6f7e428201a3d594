"""Per-host limit shared through Redis by all workers, on top of each worker's own.

Two expiring keys per host: the slots in use (a sorted set: ticket -> when it expires, should its worker die) and the
time from which the next request may start. All times are Redis's, in milliseconds.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from marketplace.checker.fetch.fetch import HostBusy
from marketplace.checker.fetch.politeness import HostGate, Politeness
from marketplace.checker.guard.address import Link

REDIS_TIMEOUT_SECONDS = 1
"""For one command."""
RETRY_REDIS_SECONDS = 5
"""Seconds without Redis before it is tried again."""
POLL_SECONDS = 0.2
"""Between two polls for a free slot."""
NO_CONNECTION, TOO_LONG = -1, -2

_NOW = "local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000) "
_TAKE = f"""{_NOW}
local ticket, connections, interval, slot, patience = ARGV[1], unpack(ARGV, 2)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(connections) then return {NO_CONNECTION} end
local wait = math.max(tonumber(redis.call('GET', KEYS[2]) or 0) - now, 0)
if wait > tonumber(patience) then return {TOO_LONG} end
redis.call('ZADD', KEYS[1], now + wait + slot, ticket)
redis.call('PEXPIRE', KEYS[1], wait + slot)
redis.call('SET', KEYS[2], now + wait + interval, 'PX', wait + interval + 1)
return wait
"""
"""Milliseconds until the slot begins, or NO_CONNECTION or TOO_LONG."""
_PAUSE = f"""{_NOW}
if now + ARGV[1] > tonumber(redis.call('GET', KEYS[1]) or 0) then
    redis.call('SET', KEYS[1], now + ARGV[1], 'PX', ARGV[1])
end
"""

log = logging.getLogger(__name__)


class SharedGate:
    """HostGate across all workers; without Redis each worker limits only itself."""

    def __init__(self, politeness: Politeness, redis_url: str) -> None:
        self._politeness, self._own = politeness, HostGate(politeness)
        self._redis = Redis.from_url(
            redis_url,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._take, self._pause = self._redis.register_script(_TAKE), self._redis.register_script(_PAUSE)
        self._away_until = 0.0

    @asynccontextmanager
    async def __call__(self, link: Link) -> AsyncGenerator[None]:
        """A slot for one request; raises HostBusy."""
        give_up_at = monotonic() + self._politeness.patience
        async with self._own(link):
            ticket = secrets.token_hex(8)
            try:
                await self._wait_for_slot(link, ticket, give_up_at)
                yield
            finally:
                await self._call(lambda: self._redis.zrem(_taken(link), ticket))

    async def _wait_for_slot(self, link: Link, ticket: str, give_up_at: float) -> None:
        wanted = self._politeness
        while True:
            left = give_up_at - monotonic()
            times = [round(seconds * 1000) for seconds in (wanted.interval, wanted.slot, max(left, 0))]
            arguments = [ticket, wanted.connections, *times]
            wait = await self._call(lambda arguments=arguments: self._take([_taken(link), _next(link)], arguments))
            if wait is None:
                return  # no Redis: our own limit allows it
            if wait == TOO_LONG or (wait == NO_CONNECTION and left <= 0):
                raise HostBusy(f"no turn for {link.host} among all workers")
            await asyncio.sleep(POLL_SECONDS if wait == NO_CONNECTION else wait / 1000)
            if wait >= 0:
                return

    async def pause(self, link: Link, seconds: float) -> None:
        """Send this host nothing for so long (Retry-After)."""
        await self._own.pause(link, seconds)
        if seconds > 0:
            await self._call(lambda: self._pause([_next(link)], [round(seconds * 1000)]))

    async def aclose(self) -> None:
        """Close the connections to Redis."""
        await self._redis.aclose()

    async def _call(self, command: Callable[[], Awaitable[int]]) -> int | None:
        if monotonic() < self._away_until:
            return None
        try:
            return await command()
        except (RedisError, OSError) as error:
            log.warning("per-host limits aren't shared for now", extra={"error": str(error)})
            self._away_until = monotonic() + RETRY_REDIS_SECONDS
            return None


def _taken(link: Link) -> str:
    return f"host:{{{link.host}}}:taken"


def _next(link: Link) -> str:
    return f"host:{{{link.host}}}:next"
