"""The browser's guard as a table: no technique of a page ever reaches a private address.

Real listeners count TCP connections and UDP packets. The naive settings are run too and must fail: with none at all
every way has to be heard, or its page would show nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Error, Route, async_playwright

from marketplace.checker.browser.limits import RenderLimits
from marketplace.checker.browser.process import BrowserPool, find_browser
from marketplace.checker.browser.proxy import Proxy
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.guard.address import Refusal
from tests.checker.conftest import no_names
from tests.support.canaries import Canary
from tests.support.sites import Site, site
from tests.support.ways_out import IDLE, WAYS, EvilSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("guard")]

TARGETS = {
    "loopback": "http://127.0.0.1:{port}",
    "a name for it": "http://localhost:{port}",
    "IPv6 loopback": "http://[::1]:{port}",
    "as an integer": "http://2130706433:{port}",
    "mapped into IPv6": "http://[::ffff:127.0.0.1]:{port}",
    "unspecified": "http://0.0.0.0:{port}",
    "cloud metadata": "http://169.254.169.254:80",
}
TABS = 12
SECONDS = 1.5
"""For a page to try all it can."""
PATIENCE = 10.0
"""Seconds to wait for a page that must be heard, on a machine that is busy."""

Contexts = Callable[[], AbstractAsyncContextManager[BrowserContext]]


@dataclass
class Run:
    """One setting of the browser, let loose on all pages of the evil site."""

    heard: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    """Way -> TCP connections and UDP packets that arrived."""
    needed: dict[str, float] = field(default_factory=dict[str, float])
    """Way -> seconds until somebody had heard, or patience ended."""
    refused: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def total(self) -> int:
        return sum(map(sum, self.heard.values()))


async def let_loose(
    evil: EvilSite, there: Site, contexts: Contexts, run: Run, ways: Sequence[str] = WAYS, control: Run | None = None
) -> None:
    """Open each way's page and stay: the control until it is heard, others for as long as the control stayed."""
    tabs = asyncio.Semaphore(TABS)

    async def stay(way: str, canary: Canary) -> None:
        started = time.monotonic()
        await asyncio.sleep(control.needed[way] if control else SECONDS)
        while not control and way not in IDLE and not canary.count and time.monotonic() - started < PATIENCE:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        run.needed[way] = time.monotonic() - started

    async def take(number: int, way: str, canary: Canary) -> None:
        evil.targets[way] = [target.format(port=canary.port) for target in TARGETS.values()]
        async with tabs, contexts() as context:
            page = await context.new_page()
            with contextlib.suppress(Error):
                await page.goto(f"{there.url}{number}", wait_until="commit", timeout=10_000)
            await stay(way, canary)
        run.heard[way] = (canary.tcp, canary.udp)

    with ExitStack() as stack:
        canaries = {way: stack.enter_context(Canary()) for way in ways}
        await asyncio.gather(*(take(WAYS.index(way), way, canaries[way]) for way in ways))


@contextlib.contextmanager
def evil_site() -> Generator[tuple[EvilSite, Site]]:
    evil = EvilSite()
    with site(evil) as there:
        yield evil, there


@pytest.fixture(scope="module")
def guarded(unguarded: Run) -> Run:
    """As the product does it where a browser can't have a network of its own: the flags and the proxy alone."""
    run, limits = Run(), RenderLimits(checks_per_browser=1000)

    async def go() -> None:
        with evil_site() as (evil, there):
            guard, browsers = Guard(frozenset({there.place}), no_names), BrowserPool(limits, None, is_isolated=False)

            @contextlib.asynccontextmanager
            async def context() -> AsyncGenerator[BrowserContext]:
                async with Proxy(guard, limits) as proxy, browsers.borrow() as running:
                    context = await running.new_context(proxy.url)
                    yield context
                    await context.close()
                    run.refused |= {entry["url"]: entry["why"] for entry in proxy.refused}

            try:
                await let_loose(evil, there, context, run, control=unguarded)
            finally:
                await browsers.close()

    asyncio.run(go())
    return run


def naive(args: Callable[[Proxy], list[str]], *, filtered: bool = False, ways: Sequence[str] = WAYS) -> Run:
    """As one might do it at first: flags of one's own, and Playwright's request filter or not."""
    run, limits = Run(), RenderLimits()

    async def refuse(route: Route, guard: Guard) -> None:
        if isinstance(guard.read(route.request.url), Refusal):
            await route.abort()
        else:
            await route.continue_()

    async def go() -> None:
        with evil_site() as (evil, there):
            guard = Guard(frozenset({there.place}), no_names)
            async with Proxy(guard, limits) as proxy, async_playwright() as playwright:
                options: dict[str, Any] = {"executable_path": find_browser(), "args": ["--no-sandbox", *args(proxy)]}
                browser = await playwright.chromium.launch(**options)

                @contextlib.asynccontextmanager
                async def context() -> AsyncGenerator[BrowserContext]:
                    context = await browser.new_context()
                    if filtered:
                        await context.route("**/*", lambda route: refuse(route, guard))
                    yield context
                    await context.close()

                await let_loose(evil, there, context, run, ways)
                await browser.close()

    asyncio.run(go())
    return run


@pytest.fixture(scope="module")
def unguarded() -> Run:
    return naive(lambda proxy: [])


@pytest.mark.parametrize("way", WAYS)
def test_listener_is_not_reached_by(way: str, guarded: Run) -> None:
    assert guarded.heard[way] == (0, 0)


@pytest.mark.parametrize("way", [way for way in WAYS if way not in IDLE])
def test_without_a_guard_listener_is_reached_by(way: str, unguarded: Run) -> None:
    assert sum(unguarded.heard[way]) > 0


def test_without_a_guard_tcp_and_udp_are_reached(unguarded: Run) -> None:
    assert unguarded.heard["fetch"][0] > 0
    assert unguarded.heard["web rtc stun"][1] > 0


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_proxy_refused_the_request_for(target: str, guarded: Run) -> None:
    name = target.format(port="").removesuffix(":").removesuffix(":80")
    written = {"http://2130706433": "http://127.0.0.1", "http://[::ffff:127.0.0.1]": "http://[::ffff:7f00:1]"}
    name = written.get(name, name)
    assert any(url.startswith(name) for url in guarded.refused), guarded.refused


def test_every_refusal_says_why(guarded: Run) -> None:
    assert all(why.startswith(("This link points to", "This link uses port")) for why in guarded.refused.values())


def test_request_interception_alone_leaks() -> None:
    assert naive(lambda proxy: [], filtered=True, ways=("redirect", "web socket", "web rtc stun")).total > 0


def test_a_proxy_alone_leaks() -> None:
    assert naive(lambda proxy: [f"--proxy-server={proxy.url}"], ways=("image", "frame", "web rtc stun")).total > 0


def test_a_proxy_for_loopback_too_still_leaks_datagrams() -> None:
    run = naive(
        lambda proxy: [f"--proxy-server={proxy.url}", "--proxy-bypass-list=<-loopback>"], ways=("image", "web rtc stun")
    )
    assert run.heard["image"] == (0, 0)
    assert run.heard["web rtc stun"][1] > 0
