"""Advances a page's virtual time at the end of a visit, so that delayed actions happen while they are recorded."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from playwright.async_api import CDPSession, Error, Page, Request, Route

from marketplace.checker.browser.busyness import Busyness
from marketplace.checker.browser.protocol import send
from marketplace.checker.browser.proxy import Proxy

VIRTUAL_SECONDS = 60
"""Virtual time to advance by; takes next to no real time."""
MAX_REAL_SECONDS = 1.0
"""Real seconds at most, for a page that is busy all the time; stretched on a busy machine, as the next."""
ANSWER_SECONDS = 1.0
"""Real seconds for the site to answer navigations that were started."""
MAX_REQUESTS = 5
"""Navigations and downloads let through, and connections of any kind."""
STARTED_EVENTS = ("Page.frameRequestedNavigation", "Page.windowOpen", "Page.downloadWillBegin")


async def run_virtual_time(page: Page, session: CDPSession, proxy: Proxy, busyness: Busyness) -> None:
    """Return when the virtual time is over and what the page started was answered.

    Only a few top-level navigations are let through, else a minute of polling would hit the site at once.
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
    """Lets a few top-level navigations through and aborts everything else."""

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
    """Whether it is a GET navigation of a whole window, or a download."""
    if request.method != "GET" or not request.is_navigation_request():
        return False
    try:
        return request.frame.parent_frame is None
    except Error:  # a new window's first request has no frame yet
        return True
