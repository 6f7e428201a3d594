"""Looks at prototypes in a browser, so many at once, and says what it saw or why it saw nothing; never raises."""

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

from marketplace.checker.browser.capture import Capture, Stopped, carry_on
from marketplace.checker.browser.limits import RenderLimits
from marketplace.checker.browser.measures import Unanswered
from marketplace.checker.browser.process import CLOSING_SECONDS, Browsers, NoBrowser, Running
from marketplace.checker.browser.proxy import Proxy
from marketplace.checker.browser.tab import Tab
from marketplace.checker.browser.view import BrowserView, Rendering
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.guard.address import Link, Refusal
from marketplace.checker.spec import Requirement

log = logging.getLogger(__name__)

TRIES = 2
"""Of a check whose browser died under it, which may be another page's doing."""
OWN_FAULT = Stopped("own_fault", "Our browser had a fault of its own; this says nothing about the page.")

DISTURBED = Stopped("own_fault", "Another page held our browser up; this says nothing about this one.")


class Renderer:
    """Views of any number of pages; use it as an async context manager, in one event loop."""

    def __init__(
        self, guard: Guard, limits: RenderLimits | None = None, browser: Path | None = None, tabs: int = 2
    ) -> None:
        self._guard, self._limits = guard, limits or RenderLimits()
        self._browsers = Browsers(self._limits, browser)
        self._tabs = asyncio.Semaphore(tabs)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._browsers.close()

    async def view(self, url: str, wanted: Sequence[Requirement] = ()) -> BrowserView:
        """What a visitor sees at `url`, and where on it the wanted requirements are met; whatever happens, a View."""
        link = self._guard.read(url)
        if isinstance(link, Refusal):
            return BrowserView(Rendering("not_opened", link.sentence))
        async with self._tabs:
            now = asyncio.get_running_loop().time
            started = now()
            check = _Check(link, tuple(wanted), self._guard, self._limits, self._browsers)
            try:
                async with asyncio.timeout(self._limits.seconds):
                    await check.carry_out()
                why = None
            except Stopped as stopped:
                why = stopped
            except TimeoutError:
                why = Stopped("timed_out", f"Our browser couldn't finish this page in {self._limits.seconds:.0f} s.")
            except Exception:  # a fault of ours in one check must not end the others, nor blame the bidder
                log.exception("rendering failed")
                why = OWN_FAULT
            if why and why.reason == "timed_out" and check.was_disturbed:
                why = DISTURBED
            return check.view(why, now() - started)


class _Check:
    """One page's way through a proxy and a browser."""

    def __init__(
        self, link: Link, wanted: tuple[Requirement, ...], guard: Guard, limits: RenderLimits, browsers: Browsers
    ) -> None:
        self._link, self._wanted, self._guard, self._limits = link, wanted, guard, limits
        self._browsers = browsers
        self._sight = Capture()
        self._proxy = Proxy(guard, limits)
        self._version = ""
        self.was_disturbed = False
        """Another page in the same browser held it up before this one ended."""

    async def carry_out(self) -> None:
        """Raises Stopped or TimeoutError."""
        for tries_left in reversed(range(TRIES)):
            async with AsyncExitStack() as stack:
                try:
                    running = await stack.enter_async_context(self._browsers.one())
                except NoBrowser as none:
                    raise Stopped("no_browser", f"Our checker has no browser. {none}") from none
                self._proxy = Proxy(self._guard, self._limits, running.listener())
                await stack.enter_async_context(self._proxy)
                self._version = running.version
                try:
                    await self._visit(running)
                except (Error, Unanswered, ValidationError) as error:
                    self.was_disturbed |= running.is_disturbed
                    if running.browser.is_connected():
                        raise Stopped("not_opened", "The page moved on while our browser looked at it.") from error
                    if not tries_left:
                        raise Stopped("crashed", "Our browser ended while it looked at this page.") from error
                else:
                    return

    async def _visit(self, running: Running) -> None:
        context = await running.new_context(self._proxy.url)
        try:
            page = await context.new_page()
            tab = Tab(page, await context.new_cdp_session(page), self._proxy, self._limits)
            self._sight = tab.sight
            await carry_on(tab.look(self._link.url, self._wanted), tab.ended)
        except Stopped:
            running.is_spent = True  # whatever held us up goes with the browser
            raise
        except (TimeoutError, asyncio.CancelledError):
            self.was_disturbed |= running.is_disturbed
            running.is_spent = running.is_disturbed = True
            raise
        finally:
            await _close(context, running)

    def view(self, why: Stopped | None, seconds: float) -> BrowserView:
        """All that was seen until the end, or until `why` ended it; nothing of a page that left for another site."""
        sight, measures = self._sight, self._sight.measures
        if measures is None or sight.left:
            why = why or OWN_FAULT
            attempts, refused = ((), ()) if sight.left else (tuple(sorted(sight.attempts)), self._proxy.refused)
            bare = Rendering(why.reason, why.sentence, browser=self._version, seconds=round(seconds, 3))
            return BrowserView(replace(bare, attempts=attempts, refused_requests=refused))
        rendering = Rendering(
            url=sight.url,
            title=measures.title,
            text=measures.text,
            console_errors=tuple(sight.console_errors),
            failed_requests=tuple(sight.failed_requests),
            refused_requests=sight.refused,
            attempts=tuple(sorted({*sight.attempts, *measures.attempts})),
            sent_to=sight.sent_to,
            requests=sight.requests,
            bytes=sight.bytes,
            load_ms=_tenths(measures.load_ms),
            lcp_ms=_tenths(measures.lcp_ms),
            layout_shift=round(measures.layout_shift, 4),
            blocking_ms=_tenths(measures.blocking_ms),
            overflow_px=sight.overflow_px,
            language=measures.language,
            colors=tuple(measures.colors),
            fonts=tuple(measures.fonts),
            axe=sight.axe,
            browser=self._version,
            seconds=round(seconds, 3),
        )
        return BrowserView(rendering, sight.html, dict(sight.pictures), dict(sight.cuts), sight.seen)


async def _close(context: BrowserContext, running: Running) -> None:
    try:
        async with asyncio.timeout(CLOSING_SECONDS):
            with contextlib.suppress(Error):
                await context.close()
    except TimeoutError:  # other pages in it would wait for it in vain; they get another one
        running.is_disturbed = True
        await running.end()


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
