"""A worker's loop: claims due rows, works on them concurrently, stores each result as soon as it is known."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Row

from marketplace.core.claims import Due, claim_due_columns, renew_claims
from marketplace.core.database import db
from marketplace.core.outage import outage_of

Request = TypeVar("Request")
Result = TypeVar("Result")

LEASE_SECONDS = 12
"""Renewed during the work; rows of a dead worker are free again after so long."""
RENEW_SECONDS = 3
TICK_SECONDS = 0.2
POLL_SECONDS = 0.5
"""Between two polls for due rows when there were none."""

log = logging.getLogger(__name__)


class WorkLoop(ABC, Generic[Request, Result]):
    """Works on due rows; database access runs between the awaits, never concurrently.

    Each result is committed soon after it is known, however slow the others are. A row whose claim expired is left to
    its new holder. An outage of the database ends the loop: the claims expire, nothing is lost.
    """

    model: type[Due]
    concurrency: int
    """Rows in work at once."""
    columns: Sequence[str]
    """What `request_of` needs of a row."""
    values: Mapping[str, Any] = {}
    """Set on a row when it is leased."""

    def __init__(self, clock: Callable[[], datetime], until: float) -> None:
        self.clock, self._until = clock, until
        self._tokens: dict[int, str] = {}
        """Row -> our lease, from when it is taken until its result is stored."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        """Set when no task is left."""
        self._ready: dict[int, Result] = {}
        self._failed: list[int] = []
        self._poll_at = 0.0
        self._renew_at = time.monotonic() + RENEW_SECONDS
        self._stored = 0

    @abstractmethod
    def request_of(self, row: Row[Any]) -> tuple[int, Request]:
        """The row's key, and all that `work` needs of it outside the transaction."""

    @abstractmethod
    async def work(self, request: Request) -> Result:
        """Do the work; must not touch the database."""

    @abstractmethod
    def store(self, results: Mapping[int, Result], tokens: Mapping[int, str], now: datetime) -> int:
        """Store results whose claim is still ours; returns how many were stored. Doesn't commit."""

    @abstractmethod
    def own_fault(self, key: int, token: str, now: datetime) -> None:
        """Record that the work failed by our own fault. Doesn't commit."""

    def take(self) -> list[tuple[int, Request]]:
        """Claim due rows up to the free concurrency."""
        free, moment = self.concurrency - len(self._tokens), time.monotonic()
        if free <= 0 or not self._poll_at <= moment < self._until:
            return []
        now = self.clock()
        leased = claim_due_columns(self.model, now, free, LEASE_SECONDS, self.columns, begun_at=now, **self.values)
        requests = [self.request_of(row) for row in leased]
        self._tokens.update((key, row.lease_token) for (key, _), row in zip(requests, leased, strict=True))
        db.session.commit()
        if len(leased) < free:
            self._poll_at = moment + POLL_SECONDS
        return requests

    async def finish(self, requests: list[tuple[int, Request]], linger: float = 0) -> int:
        """Work until nothing was due for `linger` seconds; returns how many results were stored."""
        rest_until = 0.0
        try:
            while requests or self._is_busy or time.monotonic() < min(rest_until, self._until):
                if requests:
                    rest_until = time.monotonic() + linger
                self._begin(requests)
                await self._tick()
                ready, self._ready, failed, self._failed = self._ready, {}, self._failed, []
                requests = await asyncio.to_thread(self._visit_database, ready, failed)
        finally:
            left = tuple(self._tasks)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        return self._stored

    @property
    def _is_busy(self) -> bool:
        """Whether work is under way, or done and not stored yet."""
        return bool(self._tasks or self._ready or self._failed)

    def _begin(self, requests: list[tuple[int, Request]]) -> None:
        for key, request in requests:
            task = asyncio.create_task(self._do(key, request))
            self._tasks.add(task)
            task.add_done_callback(self._end)
            self._idle.clear()

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not self._tasks:
            self._idle.set()

    async def _tick(self) -> None:
        """Wait TICK_SECONDS, or until no task is left; waiting for each task would cost too much."""
        if not self._tasks:
            await asyncio.sleep(TICK_SECONDS)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TICK_SECONDS):
                await self._idle.wait()

    async def _do(self, key: int, request: Request) -> None:
        try:
            self._ready[key] = await self.work(request)
        except Exception:  # our own fault: this row is given up, the others continue
            log.exception("a check failed", extra={"prototype_id": key})
            self._failed.append(key)

    def _visit_database(self, ready: dict[int, Result], failed: list[int]) -> list[tuple[int, Request]]:
        if ready := {key: result for key, result in ready.items() if key in self._tokens}:
            self._store(ready)
        for key in failed:
            self._give_up(key)
        self._keep_leases()
        return self.take()

    def _store(self, results: dict[int, Result]) -> None:
        """Store all in one transaction; if that fails, one by one, so that only the faulty one is given up."""
        try:
            stored = self.store(results, self._tokens, self.clock())
            db.session.commit()
        except Exception as error:  # it must not be retried together with the others
            if outage_of(error):
                raise
            db.session.rollback()
            if len(results) > 1:
                for key, result in results.items():
                    self._store({key: result})
                return
            log.exception("a check could not be stored", extra={"prototype_id": next(iter(results))})
            self._give_up(next(iter(results)))
            return
        self._stored += stored
        for key in results:
            del self._tokens[key]

    def _give_up(self, key: int) -> None:
        self.own_fault(key, self._tokens.pop(key, ""), self.clock())
        db.session.commit()

    def _keep_leases(self) -> None:
        if self._tokens and time.monotonic() >= self._renew_at:
            renew_claims(self.model, self._tokens, self.clock(), LEASE_SECONDS)
            db.session.commit()
            self._renew_at = time.monotonic() + RENEW_SECONDS
