"""Lets a page's clock run on at the end of a visit, so that what it put off happens while somebody looks."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from playwright.async_api import CDPSession, Error, Page, Request, Route

from marketplace.checker.browser.busyness import Busyness
from marketplace.checker.browser.protocol import send
from marketplace.checker.browser.proxy import Proxy

VIRTUAL_SECONDS = 60
"""Of the page's time; they take ours next to none."""
MAX_REAL_SECONDS = 1.0
"""Seconds of ours, for a page that is busy all the while; stretched on a busy machine, as the next."""
ANSWER_SECONDS = 1.0
"""Seconds of ours for a site to answer what the page began."""
MAX_REQUESTS = 5
"""Pages and downloads that it may ask for meanwhile, and connections of any kind, sockets included."""
STARTED_EVENTS = ("Page.frameRequestedNavigation", "Page.windowOpen", "Page.downloadWillBegin")


async def run_virtual_time(page: Page, session: CDPSession, proxy: Proxy, busyness: Busyness) -> None:
    """Ends when a minute of the page's is over and what it began was answered.

    Only where the page itself goes, and few of that, is let through: a minute of polling would hit the site at once.
    """
    over, started = asyncio.Event(), asyncio.Event()

    def begin(_: dict[str, Any]) -> None:
        started.set()

    def end(_: dict[str, Any]) -> None:
        over.set()

    with contextlib.suppress(Error, TimeoutError):
        async with busyness.timeout(MAX_REAL_SECONDS):
            proxy.limit_connections(MAX_REQUESTS)
            await page.context.route("**/*", _NavigationFilter().route)
            session.once("Emulation.virtualTimeBudgetExpired", end)
            for name in STARTED_EVENTS:
                session.on(name, begin)
            await send(session, "Emulation.setVirtualTimePolicy", policy="advance", budget=VIRTUAL_SECONDS * 1000)
            await over.wait()
    if started.is_set():
        await asyncio.sleep(busyness.stretched(ANSWER_SECONDS))


class _NavigationFilter:
    """Lets a few of the page's own ways onward through."""

    def __init__(self) -> None:
        self._left = MAX_REQUESTS

    async def route(self, route: Route) -> None:
        with contextlib.suppress(Error):
            if self._left and _is_top_level_navigation(route.request):
                self._left -= 1
                await route.continue_()
            else:
                await route.abort("aborted")


def _is_top_level_navigation(request: Request) -> bool:
    """Whether it takes a whole window somewhere, or would download something there, and changes nothing there."""
    if request.method != "GET" or not request.is_navigation_request():
        return False
    try:
        return request.frame.parent_frame is None
    except Error:  # a new window's first request has no frame yet
        return True
