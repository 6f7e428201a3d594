"""A worker's round over the due links: takes them as hands come free, keeps the leases, stores each verdict at once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

from sqlalchemy.exc import InterfaceError, OperationalError

from marketplace.core.database import db
from marketplace.core.leases import lease, renew
from marketplace.prototypes.engine import Ask, Checker, Setup, run
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.record import CheckRecord
from marketplace.prototypes.recording import record_checks, record_own_fault
from marketplace.prototypes.requirements import Requirement
from marketplace.prototypes.states import PrototypeState

AT_ONCE = 128
"""Links in work at once."""
LINK_SECONDS = 30
"""Deadline of one link with all its pages and waits."""
LEASE_SECONDS = 12
"""A killed worker's links wait this long for the next one."""
RENEW_SECONDS = 3
TICK_SECONDS = 0.05
LOOK_SECONDS = 0.5
"""Between two looks for due links once there were none."""

log = logging.getLogger(__name__)


def check_due(setup: Setup, clock: Callable[[], datetime], *, seconds: float = 60) -> int:
    """Check what is due and what becomes due meanwhile, for `seconds` at most; gives how many verdicts were stored.

    Each verdict is committed soon after it is known, however slow the others are; a link whose lease ran out is left
    to its new holder. Raises OperationalError when the database goes away: the leases run out, nothing is lost.
    """
    work = _Round(setup, clock, time.monotonic() + seconds)
    asks = work.take()
    return run(work.finish(asks)) if asks else 0


class _Round:
    """The links in work; everything that touches the database runs between the awaits, one after the other."""

    def __init__(self, setup: Setup, clock: Callable[[], datetime], until: float) -> None:
        self._setup, self._clock, self._until = setup, clock, until
        self._tokens: dict[int, str] = {}
        """Prototype id -> our lease, from when it is taken until its verdict is stored."""
        self._checks: set[asyncio.Task[None]] = set()
        self._ready: dict[int, CheckRecord] = {}
        self._failed: list[int] = []
        self._look_at = 0.0
        self._renew_at = time.monotonic() + RENEW_SECONDS
        self._stored = 0

    def take(self) -> list[Ask]:
        """Lease as many due links as hands are free."""
        free, moment = AT_ONCE - len(self._tokens), time.monotonic()
        if free <= 0 or not self._look_at <= moment < self._until:
            return []
        leased = lease(Prototype, self._clock(), free, LEASE_SECONDS, state=PrototypeState.CHECKING)
        asks = [_ask(one) for one in leased]
        self._tokens.update((one.id, one.lease_token or "") for one in leased)
        db.session.commit()
        if len(leased) < free:
            self._look_at = moment + LOOK_SECONDS
        return asks

    async def finish(self, asks: list[Ask]) -> int:
        """Work until nothing is left; gives how many verdicts were stored."""
        with closing(Checker(self._setup)) as checker:
            try:
                while asks or self._checks:
                    self._checks |= {asyncio.create_task(self._check(checker, ask)) for ask in asks}
                    _, self._checks = await asyncio.wait(self._checks, timeout=TICK_SECONDS)
                    self._store_ready()
                    self._keep_leases()
                    asks = self.take()
            finally:
                for check in self._checks:
                    check.cancel()
                await asyncio.gather(*self._checks, return_exceptions=True)
        return self._stored

    async def _check(self, checker: Checker, ask: Ask) -> None:
        try:
            self._ready[int(ask.key)] = await checker.check(ask)
        except Exception:
            log.exception("a check failed", extra={"prototype_id": ask.key})
            self._failed.append(int(ask.key))

    def _store_ready(self) -> None:
        ready = {key: record for key, record in self._ready.items() if key in self._tokens}
        self._ready.clear()
        if ready:
            self._store(ready)
        while self._failed:
            self._own_fault(self._failed.pop())

    def _store(self, records: dict[int, CheckRecord]) -> None:
        """All in one transaction; if one can't be stored, one by one, so that it alone is left unknown."""
        try:
            stored = record_checks(records, self._tokens, self._clock())
            db.session.commit()
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            db.session.rollback()
            if len(records) > 1:
                for prototype_id, record in records.items():
                    self._store({prototype_id: record})
                return
            log.exception("a check could not be stored", extra={"prototype_id": next(iter(records))})
            self._own_fault(next(iter(records)))
            return
        self._stored += stored
        for prototype_id in records:
            del self._tokens[prototype_id]

    def _own_fault(self, prototype_id: int) -> None:
        record_own_fault(prototype_id, self._tokens.pop(prototype_id, ""), self._clock())
        db.session.commit()

    def _keep_leases(self) -> None:
        if self._tokens and time.monotonic() >= self._renew_at:
            renew(Prototype, self._tokens, self._clock(), LEASE_SECONDS)
            db.session.commit()
            self._renew_at = time.monotonic() + RENEW_SECONDS


def _ask(prototype: Prototype) -> Ask:
    lines = tuple(Requirement(str(line["id"]), line["kind"], line["value"]) for line in prototype.requirements)
    return Ask(prototype.url, key=str(prototype.id), cause=prototype.cause, requirements=lines)
