"""Fixtures for browser tests: one running renderer on its own event loop, and a site whose pages can be set."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from marketplace.checker.browser.limits import RenderLimits
from marketplace.checker.browser.renderer import Renderer
from marketplace.checker.browser.view import BrowserView
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.spec import Requirement
from tests.checker.conftest import no_names
from tests.support.sites import Answer, Site, SiteRequest, answer, html, site

T = TypeVar("T")
Look = Callable[..., BrowserView]

QUICK = RenderLimits(stable_wait_seconds=0.2, idle_wait_seconds=1.0, load_seconds=20.0, seconds=60.0)
"""Generous where a busy machine may be slow, short where a test would only wait."""


class Studio:
    """An event loop in a thread, for what must outlive a test."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(120)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture(scope="session")
def studio() -> Generator[Studio]:
    studio = Studio()
    yield studio
    studio.close()


Pages = dict[str, bytes | Callable[[], Answer]]


@pytest.fixture(scope="session")
def stage() -> Generator[tuple[Site, Pages]]:
    """A site, and its pages by target; a page may be made anew for each request."""
    pages: Pages = {}

    def choose(request: SiteRequest) -> Answer:
        page = pages.get(request.target, answer(404, "<h1>Not found</h1>"))
        return page if isinstance(page, bytes) else page()

    with site(choose) as there:
        yield there, pages


@pytest.fixture(scope="session")
def warm(studio: Studio, stage: tuple[Site, Pages]) -> Generator[Renderer]:
    renderer = Renderer(Guard(frozenset({stage[0].place}), no_names), QUICK)
    studio.run(renderer.__aenter__())
    yield renderer
    studio.run(renderer.__aexit__(None, None, None))


@pytest.fixture
def look(studio: Studio, stage: tuple[Site, Pages], warm: Renderer) -> Look:
    """View a page: its body, and the site's other pages by target."""
    there, pages = stage

    def look_now(
        body: str = "",
        others: Mapping[str, bytes | Callable[[], Answer]] | None = None,
        *,
        wanted: Sequence[Requirement] = (),
        renderer: Renderer = warm,
        path: str = "/",
    ) -> BrowserView:
        pages.clear()
        pages.update({"/": html(f"<!doctype html>{body}"), **(others or {})})
        return studio.run(renderer.view(there.url + path[1:], wanted))

    return look_now


@pytest.fixture
def fresh(studio: Studio, stage: tuple[Site, Pages]) -> Generator[Callable[..., Renderer]]:
    """Renderers of a test's own."""
    renderers: list[Renderer] = []

    def make(limits: RenderLimits = QUICK, browser: Path | None = None) -> Renderer:
        renderer = Renderer(Guard(frozenset({stage[0].place}), no_names), limits, browser)
        renderers.append(renderer)
        return renderer

    yield make
    for renderer in renderers:
        studio.run(renderer.__aexit__(None, None, None))
