"""Sweeps: claim due rows, process each in its own transaction, commit, log failures, and go on with the others."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from marketplace.core.claims import Due, claim_due, give_back_claims, key_of, lock_claimed
from marketplace.core.database import db
from marketplace.core.doorbell import ring
from marketplace.core.outage import outage_of

log = logging.getLogger(__name__)

SWEEP_SECONDS = 10
"""Seconds after which a task starts nothing more; what is under way then ends well within Celery's time limit."""

T = TypeVar("T", bound=Due)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Work that a worker looks for every `every` seconds, and sooner when its doorbell rings."""

    task: str
    """Its name for Celery and `doorbell.ring`."""
    batch: Callable[[Clock, float], int]
    """Process one batch within the given seconds, commit, and return how many rows were due. `Rows`, `Groups` or a
    function with the same signature."""
    _: KW_ONLY
    every: int
    """Period in seconds."""
    queue: str
    """Its queue; tasks that wait for others (a mail server, the provider, sites) have a queue of their own."""

    def run(self, clock: Clock, seconds: float | None = None) -> None:
        """Process batches until nothing is due; if the time runs out first, ring for another task.

        A database outage loses nothing: the leases expire, and the next task finds the rows again.
        """
        began, budget = time.monotonic(), SWEEP_SECONDS if seconds is None else seconds
        found = 0
        try:
            while many := self.batch(clock, began + budget - time.monotonic()):
                found += many
                if time.monotonic() >= began + budget:
                    ring(self.task)
                    db.session.commit()
                    break
        except Exception as error:
            reason = outage_of(error)
            if reason is None:
                raise
            db.session.rollback()
            log.warning(
                "a sweep ended early: the database can't be used now", extra={"sweep": self.task, "reason": reason}
            )
        if found:
            log.info("swept", extra={"sweep": self.task, "rows": found, "seconds": round(time.monotonic() - began, 3)})


@dataclass(frozen=True, slots=True)
class Claim(Generic[T]):
    """A due row leased to us until the lease expires."""

    model: type[T]
    id: int
    token: str
    parent_id: int | None = None

    def lock(self) -> T | None:
        """Lock and return the row; None when the lease expired and another worker claimed it."""
        return lock_claimed(self.model, self.id, self.token)


@dataclass(frozen=True, slots=True)
class _Claims(ABC, Generic[T]):
    """A batch of claimed rows, processed in groups, one transaction each.

    A group that fails is retried row by row; a row that fails is logged and due again when its lease expires. Rows not
    started when the time is up are given back, still due.
    """

    model: type[T]
    _: KW_ONLY
    limit: int = 50
    """Rows claimed at once."""
    lease_seconds: int = 60
    """Must exceed the time for one row plus all that starts before it within `SWEEP_SECONDS`."""
    parent: str = ""
    """A column to read with the claim: the id of the parent, locked before the row to keep one lock order."""
    is_counted: bool = False
    """Whether claims are counted in the row's `attempts`; claims given back don't count."""

    def __call__(self, clock: Clock, seconds: float = SWEEP_SECONDS) -> int:
        """Process one batch and return how many rows were due. Raises DBAPIError when the database is unavailable."""
        stop_at = time.monotonic() + seconds
        claims = self._claim(clock())
        groups = [list(group) for group in self._groups(claims)]
        db.session.commit()
        try:
            while groups and time.monotonic() < stop_at:
                groups[:0] = self._do(groups.pop(0), clock)
        finally:
            if groups:
                self._give_back(claim for group in groups for claim in group)
        return len(claims)

    @abstractmethod
    def _groups(self, claims: Sequence[Claim[T]]) -> Iterable[Sequence[Claim[T]]]:
        """Split the claims into groups, one transaction each; runs before the claims are committed."""

    @abstractmethod
    def _work(self, group: Sequence[Claim[T]], clock: Clock) -> None:
        """Process the group; the caller commits."""

    def _claim(self, now: datetime) -> list[Claim[T]]:
        model: Any = self.model
        counted = {"attempts": model.attempts + 1} if self.is_counted else {}
        rows = claim_due(self.model, now, self.limit, self.lease_seconds, **counted)
        parents = [getattr(row, self.parent) if self.parent else None for row in rows]
        return [
            Claim(self.model, key_of(row), row.lease_token or "", parent)
            for row, parent in zip(rows, parents, strict=True)
        ]

    def _do(self, group: list[Claim[T]], clock: Clock) -> list[list[Claim[T]]]:
        """Process a group and return what to retry: its rows one by one if it failed, to isolate the faulty row."""
        try:
            self._work(group, clock)
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            if outage_of(error) is not None:
                raise
            if len(group) > 1:
                return [[claim] for claim in group]
            log.exception("a due row failed", extra={"table": self.model.__name__, "id": group[0].id})
        return []

    def _give_back(self, claims: Iterable[Claim[T]]) -> None:
        model: Any = self.model
        counted = {"attempts": model.attempts - 1} if self.is_counted else {}
        give_back_claims(self.model, {claim.id: claim.token for claim in claims}, **counted)
        db.session.commit()


@dataclass(frozen=True, slots=True)
class Rows(_Claims[T]):
    """Due rows, one transaction each: `act` locks the claim, and does nothing when `lock` returns None."""

    act: Callable[[Claim[T], Clock], None]

    def _groups(self, claims: Sequence[Claim[T]]) -> Iterable[Sequence[Claim[T]]]:
        return [[claim] for claim in claims]

    def _work(self, group: Sequence[Claim[T]], clock: Clock) -> None:
        (claim,) = group
        self.act(claim, clock)


@dataclass(frozen=True, slots=True)
class Groups(_Claims[T]):
    """Due rows, several per transaction: `split` groups them, `act` locks them and stores what it can."""

    act: Callable[[Sequence[Claim[T]], Clock], None]
    split: Callable[[Sequence[Claim[T]]], Iterable[Sequence[Claim[T]]]]

    def _groups(self, claims: Sequence[Claim[T]]) -> Iterable[Sequence[Claim[T]]]:
        return self.split(claims)

    def _work(self, group: Sequence[Claim[T]], clock: Clock) -> None:
        self.act(group, clock)
