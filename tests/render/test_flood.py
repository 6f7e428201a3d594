"""A page that floods the browser with events is left early, and the page in the other tab is not blamed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from marketplace.checker.browser import busyness
from marketplace.checker.browser.limits import RenderLimits
from marketplace.checker.browser.renderer import Renderer
from marketplace.checker.browser.view import BrowserView
from marketplace.checker.fetch.fetch import Guard
from tests.checker.conftest import no_names
from tests.render.conftest import QUICK
from tests.support.sites import Answer, SiteRequest, html, site
from tests.support.sockets import listening

pytestmark = pytest.mark.browser

GOOD = "<h1>Innocent</h1>"
HANGS = "<h1>Innocent</h1><script>for (;;);</script>"
LOADING = "<img src=/never alt=''>"
"""Holds the load event back, so that the page is still looked at when its flood has come, however slow the machine."""


def side_by_side(one: str, other: str, limits: RenderLimits = QUICK) -> tuple[BrowserView, BrowserView]:
    """Both looked at in one browser at a time; SOCKET is a place that takes sockets."""

    async def look() -> tuple[BrowserView, BrowserView]:
        server = await listening([])
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        pages = {"/never": None, "/first": html(GOOD), "/": html(one.replace("SOCKET", place))}

        def respond(request: SiteRequest) -> Answer:
            return pages[request.target]

        with site(respond) as first, site(html(other)) as second:
            allowed = Guard(frozenset({first.place, second.place, place}), no_names)
            async with Renderer(allowed, limits) as renderer:
                await renderer.view(f"{first.url}first")  # a browser that is still starting holds nobody up
                views = await asyncio.gather(renderer.view(first.url), renderer.view(second.url))
        server.close()
        return views

    return asyncio.run(look())


@pytest.mark.parametrize(
    ("deed", "script"),
    [
        ("wrote more than", "setInterval(() => { for (let i = 0; i < 3000; i++) console.log('x') }, 10)"),
        ("asked for more", "setInterval(() => { for (let i = 0; i < 100; i++) fetch('/').catch(() => 0) }, 10)"),
        (
            "sent or got more",
            "(s = new WebSocket('ws://SOCKET/')).onopen = () =>"  # noqa: ISC004 (one script)
            " setInterval(() => { for (let i = 0; i < 3000; i++) s.send('x') }, 10)",
        ),
    ],
)
def test_flooding_page_is_left_and_its_neighbour_is_captured(deed: str, script: str) -> None:
    flooding, neighbour = side_by_side(f"<h1>Words</h1>{LOADING}<script>{script}</script>", GOOD)
    assert (flooding.rendering.reason, flooding.rendering.sentence.split("The page ")[1][: len(deed)]) == (
        "not_opened",
        deed,
    )
    assert neighbour.rendering.is_measured


def test_time_out_in_a_browser_held_up_by_another_page_is_own_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(busyness, "MAX_FACTOR", 1.0)  # no machine is ever busy
    views = side_by_side(HANGS, HANGS, replace(QUICK, seconds=6.0))
    assert sorted(view.rendering.reason for view in views) == ["own_fault", "timed_out"]
