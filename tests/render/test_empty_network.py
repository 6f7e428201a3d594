"""The browser needs nothing but its proxy: in a network namespace where nothing else answers it still shows a page."""

from __future__ import annotations

import asyncio
import warnings
from pathlib import Path

import pytest

from marketplace.checker.browser import process
from marketplace.checker.browser.isolated_network import refusal
from marketplace.checker.browser.limits import RenderLimits
from marketplace.checker.browser.process import BrowserPool, RunningBrowser
from marketplace.checker.browser.proxy import Proxy
from marketplace.checker.browser.renderer import Renderer
from marketplace.checker.fetch.fetch import Guard
from tests.checker.conftest import no_names
from tests.support.zoo import zoo_site

pytestmark = pytest.mark.browser


def network_of(pid: int | str) -> Path:
    """The namespace, as a link that names it."""
    return Path(f"/proc/{pid}/ns/net").readlink()


def interfaces_of(pid: int) -> set[str]:
    lines = Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
    return {line.partition(":")[0].strip() for line in lines}


def on_a_browser(limits: RenderLimits) -> list[tuple[bool, Path, set[str]]]:
    """What is so of two checks' browsers one after the other: whether it is isolated, its network, what is in that."""

    async def look(running: RunningBrowser) -> tuple[bool, Path, set[str]]:
        async with Proxy(Guard(), limits, running.listener()):
            return running.is_isolated, network_of(running.pid), interfaces_of(running.pid)

    async def go() -> list[tuple[bool, Path, set[str]]]:
        browsers = BrowserPool(limits, None)
        try:
            found = []
            for _ in range(2):
                async with browsers.borrow() as running:
                    found.append(await look(running))
            return found
        finally:
            await browsers.close()

    return asyncio.run(go())


@pytest.mark.filterwarnings("default:not tried")
def test_a_browser_has_no_network_but_its_own_loopback() -> None:
    if why := refusal():
        warnings.warn(f"not tried, as this machine allows no namespaces: {why}", stacklevel=1)
        return
    for is_isolated, network, interfaces in on_a_browser(RenderLimits()):
        assert is_isolated
        assert network != network_of("self")
        assert interfaces == {"lo"}


@pytest.mark.parametrize("why", ["", "not allowed"])
def test_a_page_is_shown_with_and_without_a_network_of_ones_own(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if why:
        monkeypatch.setattr(process, "refusal", lambda: why)

    async def go() -> None:
        with zoo_site("working") as there:
            guard = Guard(frozenset({there.place}), no_names)
            async with Renderer(guard, RenderLimits(checks_per_browser=2)) as renderer:
                views = [await renderer.view(there.url) for _ in range(3)]
        for view in views:
            assert "Granite Hall has forty ropes" in view.rendering.text
            assert set(view.pictures) == {"wide", "phone"}
            assert (view.rendering.failed_requests, view.rendering.refused_requests) == ((), ())

    asyncio.run(go())
