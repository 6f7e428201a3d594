"""Rate-limit storage: Redis for all web processes, this process's memory while Redis is unavailable."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from limits.storage import MemoryStorage, RedisStorage, Storage
from redis.exceptions import RedisError

from marketplace.core.impatience import AWAY_SECONDS, impatient

T = TypeVar("T")
log = logging.getLogger(__name__)
SCHEME = "shared"


class SharedStorage(Storage):
    """Redis while it answers and accepts writes, else memory.

    Flask-Limiter's own fallback returns after a mere PING, which a full Redis answers too, mistakes a failing database
    for a failing Redis, and doesn't cover hits counted after the answer is known.
    """

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str, wrap_exceptions: bool = False, *, redis_url: str) -> None:
        super().__init__(uri, wrap_exceptions)
        self._redis = RedisStorage(redis_url, **impatient())
        self._memory = MemoryStorage()
        self._away_until = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return RedisError

    def _ask(self, question: Callable[[Storage], T]) -> T:
        if time.monotonic() >= self._away_until:
            try:
                return question(self._redis)
            except (RedisError, OSError) as error:
                self._away_until = time.monotonic() + AWAY_SECONDS
                log.warning("rate limits are counted in memory for now: %r", error)
        return question(self._memory)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self._ask(lambda storage: storage.incr(key, expiry, amount))

    def get(self, key: str) -> int:
        return self._ask(lambda storage: storage.get(key))

    def get_expiry(self, key: str) -> float:
        return self._ask(lambda storage: storage.get_expiry(key))

    def check(self) -> bool:
        return self._ask(lambda storage: storage.check())

    def reset(self) -> int | None:
        return self._ask(lambda storage: storage.reset())

    def clear(self, key: str) -> None:
        self._ask(lambda storage: storage.clear(key))
