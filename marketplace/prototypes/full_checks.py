"""Full checks: a quick check, then the page in a browser, the requirements on what it shows, and all audits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from marketplace.checker.browser.renderer import Renderer
from marketplace.checker.engine import Checker, run
from marketplace.checker.examination import Examination
from marketplace.checker.examiner import Examiner
from marketplace.checker.screenshot_store import MIN_FREE_BYTES
from marketplace.checker.setup import Setup
from marketplace.checker.spec import CheckRequest
from marketplace.core.database import db
from marketplace.core.storage import FileStore
from marketplace.prototypes.full_check_recording import record_failed_full_check, record_full_checks
from marketplace.prototypes.models import FullCheckSchedule, Prototype
from marketplace.prototypes.quick_checks import request_for
from marketplace.prototypes.work_loop import WorkLoop

log = logging.getLogger(__name__)

TABS = 2
"""Pages open in the browser at once."""
LINGER_SECONDS = 20
"""Seconds that the browser is kept running when nothing is due."""


def examine_due(
    setup: Setup,
    files: FileStore,
    clock: Callable[[], datetime],
    *,
    browser: Path | None = None,
    seconds: float = 60,
    linger: float = LINGER_SECONDS,
) -> int:
    """Run due full checks, for `seconds` at most; returns how many were stored.

    Raises OperationalError when the database goes away: the leases run out, nothing is lost.
    """
    checks = _FullChecks(setup, files, clock, time.monotonic() + seconds)
    requests = checks.take()
    return run(checks.finish_in_browser(requests, browser, linger)) if requests else 0


class _FullChecks(WorkLoop[CheckRequest, Examination]):
    model, concurrency = FullCheckSchedule, TABS
    columns = ("prototype_id", "cause")

    def __init__(self, setup: Setup, files: FileStore, clock: Callable[[], datetime], until: float) -> None:
        super().__init__(clock, until)
        self._setup, self._files = setup, files

    def take(self) -> list[tuple[int, CheckRequest]]:
        """Claim due rows; none when the disk is full, which ends the loop: full checks wait for space."""
        if time.monotonic() < self._until and not self._files.has_room(MIN_FREE_BYTES):
            log.error("the disk is full: full checks wait")
            self._until = 0.0
        return super().take()

    async def finish_in_browser(
        self, requests: list[tuple[int, CheckRequest]], browser: Path | None, linger: float
    ) -> int:
        renderer = Renderer(self._setup.guard, browser=browser, tabs=TABS)
        async with aclosing(Checker(self._setup)) as checker, renderer:
            self._examiner = Examiner(checker, renderer, self._files)
            return await self.finish(requests, linger)

    def request_of(self, row: Row[Any]) -> tuple[int, CheckRequest]:
        return row.prototype_id, request_for(db.session.get_one(Prototype, row.prototype_id), row.cause)

    async def work(self, request: CheckRequest) -> Examination:
        return await self._examiner.examine(request)

    def store(self, results: Mapping[int, Examination], tokens: Mapping[int, str], now: datetime) -> int:
        return record_full_checks(results, tokens, now)

    def own_fault(self, key: int, token: str, now: datetime) -> None:
        record_failed_full_check(key, token, now)
