"""Quick checks: any number of links concurrently in one event loop, in constant memory."""

from __future__ import annotations

import asyncio
import hashlib
import platform
from collections.abc import AsyncGenerator, Coroutine, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import version
from typing import TypeVar

from marketplace.checker.audits.facts import PageFacts
from marketplace.checker.audits.proofs import Proofs, gather_proofs
from marketplace.checker.browser.view import BrowserView
from marketplace.checker.fetch.certificates import LIBRARY
from marketplace.checker.fetch.client import Client
from marketplace.checker.fetch.fetch import fetch
from marketplace.checker.fetch.page_text import source_of, title_of
from marketplace.checker.fetch.politeness import HostGate
from marketplace.checker.fetch.result import FetchProblem, FetchResult, Hop
from marketplace.checker.fetch.shared_politeness import SharedGate
from marketplace.checker.guard.address import Link, Refusal
from marketplace.checker.inspector import Inspector
from marketplace.checker.record import CheckRecord
from marketplace.checker.requirements import FetchedPage, Finding, paths_to_try, try_requirements, urls_for
from marketplace.checker.setup import Setup
from marketplace.checker.spec import CheckRequest, Requirement
from marketplace.core.garbage import rare_collections

try:
    from uvloop import new_event_loop
except ImportError:  # Windows has none
    from asyncio import new_event_loop

T = TypeVar("T")

CHECKER = "2"
"""Rises whenever the same site would get another verdict."""
ASKS_TO_WAIT = (429, 503)
"""Statuses whose Retry-After is obeyed; on others a site could use it to avoid checks."""
MAX_RETRY_AFTER = 24 * 3600
"""Seconds; a host that asks for a longer pause gets this one."""


@dataclass(frozen=True, slots=True)
class QuickResult:
    """A quick check's record, with the pages that a full check needs too."""

    record: CheckRecord
    home: FetchedPage
    pages: dict[str, FetchedPage]


async def check_links(requests: Iterable[CheckRequest], setup: Setup | None = None) -> AsyncGenerator[CheckRecord]:
    """Check all, yielding each record as soon as it is ready, in any order; `requests` is consumed lazily."""
    checker = Checker(setup or Setup())
    waiting, results = iter(requests), asyncio.Queue[CheckRecord | Exception | None](checker.setup.concurrency)
    workers = [asyncio.create_task(_work(checker, waiting, results)) for _ in range(checker.setup.concurrency)]
    running = len(workers)
    try:
        while running:
            result = await results.get()
            if isinstance(result, Exception):
                raise result
            if result is None:
                running -= 1
            else:
                yield result
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)  # each closes its connection
        await checker.aclose()


async def _work(
    checker: Checker, waiting: Iterator[CheckRequest], results: asyncio.Queue[CheckRecord | Exception | None]
) -> None:
    try:
        for request in waiting:
            await results.put(await checker.check(request))
        await results.put(None)
    except Exception as error:  # noqa: BLE001 (raised again in check_links)
        await results.put(error)


def check_all(requests: Iterable[CheckRequest], setup: Setup | None = None) -> list[CheckRecord]:
    """Check a batch and block until all records are ready."""

    async def gather() -> list[CheckRecord]:
        return [record async for record in check_links(requests, setup)]

    return run(gather())


def check_link(url: str, setup: Setup | None = None, requirements: Iterable[Requirement] = ()) -> CheckRecord:
    """Run a quick check of one link and block until it is done."""

    async def check() -> CheckRecord:
        async with aclosing(Checker(setup or Setup())) as checker:
            return await checker.check(CheckRequest(url, requirements=tuple(requirements)))

    return run(check())


def run(coroutine: Coroutine[object, object, T]) -> T:
    """Run a coroutine in a new event loop: uvloop where it is installed."""
    with rare_collections(), asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(coroutine)


@cache
def versions() -> dict[str, str]:
    """Versions of the tools that a record's result depends on."""
    return {
        "checker": CHECKER,
        "python": platform.python_version(),
        "tls": LIBRARY,
        **{name: version(name) for name in ("ada-url", "httptools", "selectolax")},
    }


class Checker:
    """What all checks of one run share."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._client = Client(setup.trust)
        shared = setup.redis_url and SharedGate(setup.politeness, setup.redis_url)
        self._gate = shared or HostGate(setup.politeness)
        self._inspector, self._inspecting = Inspector(), asyncio.Lock()

    async def aclose(self) -> None:
        """End the inspector's process and close the gate."""
        self._inspector.close()
        await self._gate.aclose()

    async def check(self, request: CheckRequest) -> CheckRecord:
        """The record of one quick check; never raises for what a site does."""
        return (await self.quick_check(request)).record

    async def quick_check(self, request: CheckRequest) -> QuickResult:
        """The same check, with its pages."""
        started_at = self.setup.now()
        give_up_at = asyncio.get_running_loop().time() + self.setup.deadline
        result = await self._visit(request.url, give_up_at)
        home = FetchedPage(result)
        pages: dict[str, FetchedPage] = {}
        findings: list[Finding] = []
        if home.is_live:
            for path in paths_to_try(request.requirements):
                pages[path] = await self._visit_path(path, result.last.url, give_up_at)
        if request.requirements:
            findings = await self.inspect(request.requirements, home, pages, give_up_at)
        record = CheckRecord(
            key=request.key,
            url=request.url,
            cause=request.cause,
            started_at=started_at,
            finished_at=self.setup.now(),
            state=home.verdict.state,
            reason=home.verdict.reason,
            sentence=home.verdict.sentence,
            total_ms=result.total_ms,
            retry_after=_seconds(result.last.retry_after, started_at),
            hops=result.hops,
            title=title_of(result),
            sha256=hashlib.sha256(result.body).hexdigest() if result.body else "",
            pages={path: page.result.hops for path, page in pages.items()},
            requirements=tuple(findings),
            versions=versions(),
        )
        return QuickResult(record, home, pages)

    async def inspect(
        self,
        requirements: Sequence[Requirement],
        home: FetchedPage,
        pages: dict[str, FetchedPage],
        give_up_at: float | None = None,
        view: BrowserView | None = None,
    ) -> list[Finding]:
        """Try the requirements. Markup is inspected one link at a time; past `give_up_at` it is not measured."""
        try:
            async with asyncio.timeout_at(give_up_at):
                await self._inspecting.acquire()
        except TimeoutError:
            return try_requirements(requirements, home, pages, None, view)
        try:
            return await asyncio.to_thread(try_requirements, requirements, home, pages, self._inspector, view)
        finally:
            self._inspecting.release()

    async def facts_of(self, home: FetchedPage, view: BrowserView) -> PageFacts | None:
        """The page's facts, from the browser's markup if there is any; None when it is too complex to parse."""
        source, url = (view.html, view.rendering.url) if view.html else (source_of(home.result), home.url)
        async with self._inspecting:
            return await asyncio.to_thread(self._inspector.facts, source, url)

    async def proofs_of(self, home: FetchedPage) -> Proofs:
        """The file's lines and DNS records that may prove control of the site."""
        return await gather_proofs(
            home.url, guard=self.setup.guard, client=self._client, look_up=self.setup.look_up, gate=self._gate
        )

    def slot_at(self, url: str) -> AbstractAsyncContextManager[None]:
        """A slot in the per-host limit for a visit by the browser; raises HostBusy."""
        link = self.setup.guard.read(url)
        return self._gate(link) if isinstance(link, Link) else nullcontext()

    async def _visit_path(self, path: str, home_url: str, give_up_at: float) -> FetchedPage:
        page: FetchedPage | None = None
        for url in urls_for(path, home_url):
            page = FetchedPage(await self._visit(url, give_up_at), path)
            if page.is_live:
                break
        assert page  # noqa: S101 (urls_for gives at least one)
        return page

    async def _visit(self, url: str, give_up_at: float) -> FetchResult:
        link = self.setup.guard.read(url)
        if isinstance(link, Refusal):
            return FetchResult((Hop(url, problem=FetchProblem.REFUSED),), refusal=link)
        try:
            async with asyncio.timeout_at(give_up_at):
                result = await fetch(
                    link, guard=self.setup.guard, limits=self.setup.limits, client=self._client, gate=self._gate
                )
        except TimeoutError:
            return FetchResult((Hop(link.url, problem=FetchProblem.OUT_OF_TIME),))
        except Exception as error:  # noqa: BLE001 (our own fault must neither stop other checks nor count against the bidder)
            return FetchResult((Hop(link.url, problem=FetchProblem.OWN_FAULT, detail=repr(error)),))
        await self._obey_retry_after(result)
        return result

    async def _obey_retry_after(self, result: FetchResult) -> None:
        if result.last.status not in ASKS_TO_WAIT or not result.last.retry_after:
            return
        seconds = _seconds(result.last.retry_after, self.setup.now())
        link = self.setup.guard.read(result.last.url)
        if seconds and isinstance(link, Link):
            await self._gate.pause(link, seconds)


def _seconds(retry_after: str, now: datetime) -> int | None:
    """A Retry-After header in seconds (RFC 9110: a number or a date), None without a usable one."""
    if not retry_after:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return min(int(retry_after[:9]), MAX_RETRY_AFTER)
    try:
        wait = (parsedate_to_datetime(retry_after) - now).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(int(wait), 0), MAX_RETRY_AFTER)
