"""Opens pages in a browser, a few at once, and returns what was captured or why nothing was; never raises."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.async_api import BrowserContext, Error
from pydantic import ValidationError

from marketplace.checker.browser.busyness import Busyness
from marketplace.checker.browser.capture import Capture, Stopped, run_until_ended
from marketplace.checker.browser.limits import RenderLimits
from marketplace.checker.browser.observer import NoAnswer
from marketplace.checker.browser.process import CLOSING_SECONDS, BrowserPool, NoBrowser, RunningBrowser
from marketplace.checker.browser.proxy import Proxy
from marketplace.checker.browser.tab import Tab
from marketplace.checker.browser.view import BrowserView, Rendering
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.guard.address import Link, Refusal
from marketplace.checker.spec import Requirement

log = logging.getLogger(__name__)

TRIES = 2
"""Tries of a visit whose browser died, since another page may have killed it."""
OWN_FAULT = Stopped("own_fault", "Our browser had a fault of its own; this says nothing about the page.")

HELD_UP = Stopped("own_fault", "Another page held our browser up; this says nothing about this one.")
TOO_BUSY = Stopped("own_fault", "Our machine had too much to do to look at this page; this says nothing about it.")


class Renderer:
    """Captures pages; use it as an async context manager, in one event loop."""

    def __init__(
        self, guard: Guard, limits: RenderLimits | None = None, browser: Path | None = None, tabs: int = 2
    ) -> None:
        self._guard, self._limits = guard, limits or RenderLimits()
        self._browsers = BrowserPool(self._limits, browser)
        self._tabs = asyncio.Semaphore(tabs)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._browsers.close()

    async def view(self, url: str, wanted: Sequence[Requirement] = ()) -> BrowserView:
        """What a visitor sees at `url`, and where the wanted requirements are met; never raises."""
        link = self._guard.read(url)
        if isinstance(link, Refusal):
            return BrowserView(Rendering("not_opened", link.sentence))
        async with self._tabs:
            now = asyncio.get_running_loop().time
            started = now()
            check = _Visit(link, tuple(wanted), self._guard, self._limits, self._browsers)
            try:
                async with check.busyness.timeout(self._limits.seconds):
                    await check.run()
                why = None
            except Stopped as stopped:
                why = stopped
            except TimeoutError:
                why = Stopped("timed_out", f"Our browser couldn't finish this page in {self._limits.seconds:.0f} s.")
            except Exception:  # a fault of ours in one check must not end the others, nor blame the bidder
                log.exception("rendering failed")
                why = OWN_FAULT
            if why and why.reason == "timed_out":
                why = check.excuse or why
            return check.view(why, now() - started)


class _Visit:
    """One page's visit through a proxy and a browser."""

    def __init__(
        self, link: Link, wanted: tuple[Requirement, ...], guard: Guard, limits: RenderLimits, browsers: BrowserPool
    ) -> None:
        self._link, self._wanted, self._guard, self._limits = link, wanted, guard, limits
        self._browsers = browsers
        self._capture = Capture()
        self._proxy = Proxy(guard, limits)
        self.busyness = Busyness()
        self._version = ""
        self._was_held_up = False
        """Another page in the same browser held it up before this one ended."""
        self._has_tab = False

    @property
    def excuse(self) -> Stopped | None:
        """Why it may be our doing that the page's time ran out; None when it is the page's own."""
        if self._was_held_up:
            return HELD_UP
        return TOO_BUSY if self.busyness.is_too_busy or not self._has_tab else None

    async def run(self) -> None:
        """Raises Stopped or TimeoutError."""
        for tries_left in reversed(range(TRIES)):
            async with AsyncExitStack() as stack:
                try:
                    running = await stack.enter_async_context(self._browsers.borrow())
                except NoBrowser as none:
                    raise Stopped("no_browser", f"Our checker has no browser. {none}") from none
                self._proxy = Proxy(self._guard, self._limits, running.listener())
                await stack.enter_async_context(self._proxy)
                self._version = running.version
                try:
                    await self._visit_page(running)
                except (Error, NoAnswer, ValidationError) as error:
                    self._was_held_up |= running.is_unresponsive
                    if running.browser.is_connected():
                        if self.busyness.is_too_busy:
                            raise TOO_BUSY from error
                        raise Stopped("not_opened", "The page moved on while our browser looked at it.") from error
                    if not tries_left:
                        raise Stopped("crashed", "Our browser ended while it looked at this page.") from error
                else:
                    return

    async def _visit_page(self, running: RunningBrowser) -> None:
        context = await running.new_context(self._proxy.url)
        try:
            page = await context.new_page()
            tab = Tab(page, await context.new_cdp_session(page), self._proxy, self._limits, self.busyness)
            self._capture, self._has_tab = tab.capture, True
            await run_until_ended(tab.visit(self._link.url, self._wanted), tab.ended)
        except Stopped:
            running.is_retired = True  # the page may still be blocking it
            raise
        except (TimeoutError, asyncio.CancelledError):
            self._was_held_up |= running.is_unresponsive
            running.is_retired = running.is_unresponsive = True
            raise
        finally:
            await _close(context, running)

    def view(self, why: Stopped | None, seconds: float) -> BrowserView:
        """What was captured until `why` ended the visit, if it did; nothing of a page that left for another origin."""
        capture, metrics = self._capture, self._capture.metrics
        if metrics is None or capture.left:
            why = why or OWN_FAULT
            attempts, refused = ((), ()) if capture.left else (tuple(sorted(capture.attempts)), self._proxy.refused)
            bare = Rendering(why.reason, why.sentence, browser=self._version, seconds=round(seconds, 3))
            return BrowserView(replace(bare, attempts=attempts, refused_requests=refused))
        rendering = Rendering(
            url=capture.url,
            title=metrics.title,
            text=metrics.text,
            console_errors=tuple(capture.console_errors),
            failed_requests=tuple(capture.failed_requests),
            refused_requests=capture.refused,
            attempts=tuple(sorted({*capture.attempts, *metrics.attempts})),
            sent_to=capture.sent_to,
            requests=capture.requests,
            bytes=capture.bytes,
            load_ms=_tenths(metrics.load_ms),
            lcp_ms=_tenths(metrics.lcp_ms),
            layout_shift=round(metrics.layout_shift, 4),
            blocking_ms=_tenths(metrics.blocking_ms),
            overflow_px=capture.overflow_px,
            language=metrics.language,
            colors=tuple(metrics.colors),
            fonts=tuple(metrics.fonts),
            axe=capture.axe,
            browser=self._version,
            seconds=round(seconds, 3),
        )
        return BrowserView(rendering, capture.html, dict(capture.pictures), dict(capture.cuts), capture.seen)


async def _close(context: BrowserContext, running: RunningBrowser) -> None:
    try:
        async with asyncio.timeout(CLOSING_SECONDS):
            with contextlib.suppress(Error):
                await context.close()
    except TimeoutError:  # it blocks the other pages, which are retried in another browser
        running.is_unresponsive = True
        await running.end()


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
