"""Quick checks of due links: concurrent, and each verdict stored as soon as it is known."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from marketplace.checker.engine import Checker, run
from marketplace.checker.record import CheckRecord
from marketplace.checker.requirement_values import FREE
from marketplace.checker.setup import Setup
from marketplace.checker.spec import CheckRequest, Requirement
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.quick_check_recording import record_checks, record_own_fault
from marketplace.prototypes.states import PrototypeState
from marketplace.prototypes.work_loop import WorkLoop

CONCURRENT_LINKS = 768
"""Links checked concurrently."""
LINK_SECONDS = 30
"""Deadline of one link with all its pages and waits."""


def check_due(setup: Setup, clock: Callable[[], datetime], *, seconds: float = 60) -> int:
    """Check links that are or become due, for `seconds` at most; returns how many verdicts were stored.

    Raises OperationalError when the database goes away: the leases run out, nothing is lost.
    """
    checks = _QuickChecks(setup, clock, time.monotonic() + seconds)
    requests = checks.take()
    return run(checks.finish_with_checker(requests)) if requests else 0


def request_for(prototype: Prototype | Row[Any], cause: str) -> CheckRequest:
    """The request for a check of a stored prototype."""
    lines = [Requirement(str(line["id"]), line["kind"], line["value"]) for line in prototype.requirements]
    return CheckRequest(
        prototype.url,
        key=str(prototype.id),
        cause=cause,
        requirements=tuple(line for line in lines if line.kind != FREE),
        free_lines=tuple((line.id, line.value) for line in lines if line.kind == FREE),
        token=prototype.token,
    )


class _QuickChecks(WorkLoop[CheckRequest, CheckRecord]):
    model, concurrency = Prototype, CONCURRENT_LINKS
    columns = ("id", "url", "cause", "requirements", "token")
    values = {"state": PrototypeState.CHECKING}

    def __init__(self, setup: Setup, clock: Callable[[], datetime], until: float) -> None:
        super().__init__(clock, until)
        self._setup = setup

    async def finish_with_checker(self, requests: list[tuple[int, CheckRequest]]) -> int:
        async with aclosing(Checker(self._setup)) as self._checker:
            return await self.finish(requests)

    def request_of(self, row: Row[Any]) -> tuple[int, CheckRequest]:
        return row.id, request_for(row, row.cause)

    async def work(self, request: CheckRequest) -> CheckRecord:
        return await self._checker.check(request)

    def store(self, results: Mapping[int, CheckRecord], tokens: Mapping[int, str], now: datetime) -> int:
        return record_checks(results, tokens, now)

    def own_fault(self, key: int, token: str, now: datetime) -> None:
        record_own_fault(key, token, now)
