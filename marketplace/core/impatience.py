"""Redis client options for requests that a person waits for: one second per step, no retry."""

from __future__ import annotations

from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

AWAY_SECONDS = 5
"""Seconds without calling Redis after a failure, so that a hanging Redis delays one person, not all."""


def impatient() -> dict[str, Any]:
    """Options of a Redis client: a vanished server costs at most two seconds, a refused connection nothing."""
    return {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)}


def impatient_redis(url: str) -> Redis:
    """Return a client of the Redis at `url`; its failures raise RedisError or OSError within seconds."""
    return Redis.from_url(url, **impatient())
