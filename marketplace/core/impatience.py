"""How whatever a person waits for talks to Redis: a second a step, and no second try."""

from __future__ import annotations

from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

AWAY_SECONDS = 5
"""How long Redis is left alone once it failed: one that hangs makes one person wait, not all."""


def impatient() -> dict[str, Any]:
    """Options of a Redis client; one that vanished costs two seconds at most, and one that refuses nothing."""
    return {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)}


def impatient_redis(url: str) -> Redis:
    """A client of the Redis at `url`; whatever fails raises RedisError or OSError soon."""
    return Redis.from_url(url, **impatient())
