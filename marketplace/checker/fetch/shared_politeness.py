"""One gentleness for all workers: the turns of each host kept in Redis, beside those that each worker keeps itself.

For each host two keys, both gone by themselves when nobody uses them: the turns that are taken (a sorted set: ticket ->
when it frees itself should its worker die) and the moment from which the next request may start. All times are Redis's.
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

PATIENCE_SECONDS = 1
"""For one answer from Redis."""
AWAY_SECONDS = 5
"""Without Redis before it is asked again."""
LOOK_SECONDS = 0.2
"""Between two looks for a connection that has become free."""
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
"""Milliseconds until the ticket's turn begins, or why it doesn't."""
_PAUSE = f"""{_NOW}
if now + ARGV[1] > tonumber(redis.call('GET', KEYS[1]) or 0) then
    redis.call('SET', KEYS[1], now + ARGV[1], 'PX', ARGV[1])
end
"""

log = logging.getLogger(__name__)


class SharedGate:
    """HostGate across all workers; without Redis each worker goes on with its own turns alone."""

    def __init__(self, politeness: Politeness, redis_url: str) -> None:
        self._politeness, self._own = politeness, HostGate(politeness)
        self._redis = Redis.from_url(
            redis_url,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._take, self._pause = self._redis.register_script(_TAKE), self._redis.register_script(_PAUSE)
        self._away_until = 0.0

    @asynccontextmanager
    async def __call__(self, link: Link) -> AsyncGenerator[None]:
        """One request's turn; raises HostBusy."""
        give_up_at = monotonic() + self._politeness.patience
        async with self._own(link):
            ticket = secrets.token_hex(8)
            try:
                await self._turn(link, ticket, give_up_at)
                yield
            finally:
                await self._ask(lambda: self._redis.zrem(_taken(link), ticket))

    async def _turn(self, link: Link, ticket: str, give_up_at: float) -> None:
        wanted = self._politeness
        while True:
            left = give_up_at - monotonic()
            times = [round(seconds * 1000) for seconds in (wanted.interval, wanted.slot, max(left, 0))]
            arguments = [ticket, wanted.connections, *times]
            wait = await self._ask(lambda arguments=arguments: self._take([_taken(link), _next(link)], arguments))
            if wait is None:
                return  # no Redis; our own turn has come
            if wait == TOO_LONG or (wait == NO_CONNECTION and left <= 0):
                raise HostBusy(f"no turn for {link.host} among all workers")
            await asyncio.sleep(LOOK_SECONDS if wait == NO_CONNECTION else wait / 1000)
            if wait >= 0:
                return

    async def pause(self, link: Link, seconds: float) -> None:
        """Send this host nothing for so long (Retry-After)."""
        await self._own.pause(link, seconds)
        if seconds > 0:
            await self._ask(lambda: self._pause([_next(link)], [round(seconds * 1000)]))

    async def aclose(self) -> None:
        """Close the connections to Redis."""
        await self._redis.aclose()

    async def _ask(self, question: Callable[[], Awaitable[int]]) -> int | None:
        if monotonic() < self._away_until:
            return None
        try:
            return await question()
        except (RedisError, OSError) as error:
            log.warning("hosts' turns aren't shared for now", extra={"error": str(error)})
            self._away_until = monotonic() + AWAY_SECONDS
            return None


def _taken(link: Link) -> str:
    return f"host:{{{link.host}}}:taken"


def _next(link: Link) -> str:
    return f"host:{{{link.host}}}:next"
