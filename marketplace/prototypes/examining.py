"""Full checks: what a quick check finds, seen again in a browser, tried against the spec, and audited."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from marketplace.core.database import db
from marketplace.core.storage import FileStore
from marketplace.prototypes.audits.hosts import is_same_origin
from marketplace.prototypes.audits.polish import polish_of
from marketplace.prototypes.audits.proofs import Proofs
from marketplace.prototypes.audits.registry import audit_all
from marketplace.prototypes.audits.seen import Seen
from marketplace.prototypes.checking import ask_for
from marketplace.prototypes.engine import Ask, Checker, Look, Setup, run
from marketplace.prototypes.examination import Examination
from marketplace.prototypes.fetching.fetch import HostBusy
from marketplace.prototypes.full_recording import record_full_checks, record_spoiled_turn
from marketplace.prototypes.models import BrowserTurn, Prototype
from marketplace.prototypes.originality.fingerprint import fingerprint_of
from marketplace.prototypes.outline import outline_of
from marketplace.prototypes.record import CheckRecord
from marketplace.prototypes.rendering.renderer import Renderer
from marketplace.prototypes.rendering.view import Rendering, View
from marketplace.prototypes.requirements import Requirement
from marketplace.prototypes.rounds import Round
from marketplace.prototypes.shots import ROOM, keep_pictures

log = logging.getLogger(__name__)

TABS = 2
"""Pages in the browser at once."""
LINGER_SECONDS = 20
"""How long the browser is kept warm when nothing is due."""
NO_TURN = Rendering(
    "host_busy", "We visit each host gently and had no turn left for our browser; this says nothing about the page."
)


class Examiner:
    """Looks at links in full, one `examine` each; shares a checker and a browser."""

    def __init__(self, checker: Checker, renderer: Renderer, files: FileStore | None = None) -> None:
        self._checker, self._renderer, self._files = checker, renderer, files
        """Without a store the pictures are dropped."""

    async def examine(self, ask: Ask) -> Examination:
        """A link from ask to full record; a page that isn't live is left at what the quick check says."""
        look = await self._checker.look(ask)
        if not look.home.is_live:
            return Examination(look.record)
        view = await self._view(look.home.url, ask.requirements)
        findings = await self._checker.inspect(ask.requirements, look.home, look.pages, view=view)
        kept = await asyncio.to_thread(keep_pictures, view, self._files) if self._files else view.rendering
        record = replace(look.record, rendering=kept or view.rendering, requirements=tuple(findings))
        return replace(await self._audit(ask, record, look, view), lost_pictures=kept is None)

    async def _view(self, url: str, wanted: Sequence[Requirement]) -> View:
        try:
            async with self._checker.turn_at(url):
                return await self._renderer.view(url, wanted)
        except HostBusy:
            return View(NO_TURN)

    async def _audit(self, ask: Ask, record: CheckRecord, look: Look, view: View) -> Examination:
        facts = await self._checker.facts_of(look.home, view)
        is_there = not view.html or is_same_origin(view.rendering.url, look.home.url)
        proofs = await self._checker.proofs_of(look.home) if ask.token and is_there else Proofs()  # of what was seen
        seen = Seen(
            record=record,
            facts=facts,
            rendering=view.rendering,
            token=ask.token,
            proofs=proofs,
            free_lines=ask.free_lines,
        )
        audits = await asyncio.to_thread(audit_all, seen)
        text = facts.text if facts else view.rendering.text
        fingerprint = await asyncio.to_thread(fingerprint_of, text, view.pictures.get("wide"))
        outline = outline_of(facts) if facts else None
        record = replace(record, audits=audits, outline=outline, finished_at=self._checker.setup.now())
        control = next((audit.evidence.get("proven_by", "") for audit in audits if audit.name == "control"), "")
        return Examination(record, fingerprint, polish_of(view.rendering), control)


def examine_link(ask: Ask, setup: Setup, *, browser: Path | None = None, files: FileStore | None = None) -> CheckRecord:
    """One full check outside the marketplace."""

    async def examine() -> CheckRecord:
        renderer = Renderer(setup.guard, browser=browser, tabs=1)
        async with aclosing(Checker(setup)) as checker, renderer:
            return (await Examiner(checker, renderer, files).examine(ask)).record

    return run(examine())


def examine_due(
    setup: Setup,
    files: FileStore,
    clock: Callable[[], datetime],
    *,
    browser: Path | None = None,
    seconds: float = 60,
    linger: float = LINGER_SECONDS,
) -> int:
    """Give due turns in the browser, for `seconds` at most; gives how many full checks were stored.

    Raises OperationalError when the database goes away: the leases run out, nothing is lost.
    """
    turns = _Turns(setup, files, clock, time.monotonic() + seconds)
    asks = turns.take()
    return run(turns.finish_in_browser(asks, browser, linger)) if asks else 0


class _Turns(Round[Ask, Examination]):
    model, hands = BrowserTurn, TABS
    columns = ("prototype_id", "cause")

    def __init__(self, setup: Setup, files: FileStore, clock: Callable[[], datetime], until: float) -> None:
        super().__init__(clock, until)
        self._setup, self._files = setup, files

    def take(self) -> list[tuple[int, Ask]]:
        """None when the disk is full, which ends the round: turns wait until their pictures can be kept."""
        if time.monotonic() < self._until and not self._files.has_room(ROOM):
            log.error("the disk is full: full checks wait")
            self._until = 0.0
        return super().take()

    async def finish_in_browser(self, asks: list[tuple[int, Ask]], browser: Path | None, linger: float) -> int:
        renderer = Renderer(self._setup.guard, browser=browser, tabs=TABS)
        async with aclosing(Checker(self._setup)) as checker, renderer:
            self._examiner = Examiner(checker, renderer, self._files)
            return await self.finish(asks, linger)

    def ask_of(self, row: Row[Any]) -> tuple[int, Ask]:
        return row.prototype_id, ask_for(db.session.get_one(Prototype, row.prototype_id), row.cause)

    async def work(self, ask: Ask) -> Examination:
        return await self._examiner.examine(ask)

    def store(self, results: Mapping[int, Examination], tokens: Mapping[int, str], now: datetime) -> int:
        return record_full_checks(results, tokens, now)

    def own_fault(self, key: int, token: str, now: datetime) -> None:
        record_spoiled_turn(key, token, now)
