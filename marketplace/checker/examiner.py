"""Full checks: a quick check, then the page in a browser, the requirements on what it shows, and all audits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from marketplace.checker.audits.audit_input import AuditInput
from marketplace.checker.audits.hosts import is_same_origin
from marketplace.checker.audits.polish import polish_of
from marketplace.checker.audits.proofs import Proofs
from marketplace.checker.audits.registry import audit_all
from marketplace.checker.browser.renderer import Renderer
from marketplace.checker.browser.view import BrowserView, Rendering
from marketplace.checker.engine import Checker, QuickResult
from marketplace.checker.examination import Examination
from marketplace.checker.fetch.fetch import HostBusy
from marketplace.checker.likeness.fingerprint import fingerprint_of
from marketplace.checker.outline import outline_of
from marketplace.checker.record import CheckRecord
from marketplace.checker.screenshot_store import keep_pictures
from marketplace.checker.setup import Setup
from marketplace.checker.spec import CheckRequest, Requirement
from marketplace.core.storage import FileStore

HOST_BUSY = Rendering(
    "host_busy", "We visit each host gently and had no turn left for our browser; this says nothing about the page."
)


class Examiner:
    """Runs full checks that share a checker and a browser."""

    def __init__(self, checker: Checker, renderer: Renderer, files: FileStore | None = None) -> None:
        self._checker, self._renderer, self._files = checker, renderer, files
        """Stores the screenshots; without one they are dropped."""

    async def examine(self, request: CheckRequest) -> Examination:
        """One full check; for a link that isn't live, only its quick check."""
        quick = await self._checker.quick_check(request)
        if not quick.home.is_live:
            return Examination(quick.record)
        view = await self._view(quick.home.url, request.requirements)
        findings = await self._checker.inspect(request.requirements, quick.home, quick.pages, view=view)
        kept = await asyncio.to_thread(keep_pictures, view, self._files) if self._files else view.rendering
        record = replace(quick.record, rendering=kept or view.rendering, requirements=tuple(findings))
        return replace(await self._audit(request, record, quick, view), lost_pictures=kept is None)

    async def _view(self, url: str, wanted: Sequence[Requirement]) -> BrowserView:
        try:
            async with self._checker.slot_at(url):
                return await self._renderer.view(url, wanted)
        except HostBusy:
            return BrowserView(HOST_BUSY)

    async def _audit(
        self, request: CheckRequest, record: CheckRecord, quick: QuickResult, view: BrowserView
    ) -> Examination:
        facts = await self._checker.facts_of(quick.home, view)
        is_there = not view.html or is_same_origin(view.rendering.url, quick.home.url)
        proofs = (
            await self._checker.proofs_of(quick.home) if request.token and is_there else Proofs()
        )  # of the page that was seen
        seen = AuditInput(
            record=record,
            facts=facts,
            rendering=view.rendering,
            token=request.token,
            proofs=proofs,
            free_lines=request.free_lines,
        )
        audits = await asyncio.to_thread(audit_all, seen)
        text = facts.text if facts else view.rendering.text
        fingerprint = await asyncio.to_thread(fingerprint_of, text, view.pictures.get("wide"))
        outline = outline_of(facts) if facts else None
        record = replace(record, audits=audits, outline=outline, finished_at=self._checker.setup.now())
        control = next((audit.evidence.get("proven_by", "") for audit in audits if audit.name == "control"), "")
        return Examination(record, fingerprint, polish_of(view.rendering), control)


async def examine_link(
    request: CheckRequest, setup: Setup, *, browser: Path | None = None, files: FileStore | None = None
) -> CheckRecord:
    """One full check; `browser` is the path of a Chromium (found on PATH when None), `files` stores the screenshots."""
    renderer = Renderer(setup.guard, browser=browser, tabs=1)
    async with aclosing(Checker(setup)) as checker, renderer:
        return (await Examiner(checker, renderer, files).examine(request)).record
