"""Lets a page's clock run on at the end of a visit, so that what it put off happens while somebody looks."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from playwright.async_api import CDPSession, Error, Page, Route

from marketplace.prototypes.rendering.protocol import send

AHEAD_SECONDS = 60
"""Of the page's time; they take ours next to none."""
PATIENCE = 1.0
"""Seconds of ours, for a page that is busy all the while."""
ANSWERED = 1.0
"""Seconds of ours for a site to answer what the page began."""
LET_THROUGH = frozenset({"document", "other"})
"""What Playwright takes pages and downloads for."""
BEGUN = ("Page.frameRequestedNavigation", "Page.windowOpen", "Page.downloadWillBegin")


async def hurry(page: Page, session: CDPSession) -> None:
    """Ends when a minute of the page's is over and what it began was answered.

    Only other pages and downloads are let through: a minute of polling would hit the site at once.
    """
    over, begun = asyncio.Event(), asyncio.Event()

    def begin(_: dict[str, Any]) -> None:
        begun.set()

    def end(_: dict[str, Any]) -> None:
        over.set()

    with contextlib.suppress(Error, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await page.context.route("**/*", _let_go_on)
            session.once("Emulation.virtualTimeBudgetExpired", end)
            for name in BEGUN:
                session.on(name, begin)
            await send(session, "Emulation.setVirtualTimePolicy", policy="advance", budget=AHEAD_SECONDS * 1000)
            await over.wait()
    if begun.is_set():
        await asyncio.sleep(ANSWERED)


async def _let_go_on(route: Route) -> None:
    with contextlib.suppress(Error):
        await (route.continue_() if route.request.resource_type in LET_THROUGH else route.abort("aborted"))
