"""A page that navigates to another origin: nothing of that origin is taken for the bidder's."""

from __future__ import annotations

import asyncio
from collections.abc import Generator

import pytest

from marketplace.checker.browser.renderer import Renderer
from marketplace.checker.browser.view import BrowserView
from marketplace.checker.engine import run
from marketplace.checker.examiner import examine_link
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED
from marketplace.checker.setup import Setup
from marketplace.checker.spec import CheckRequest
from tests.checker.conftest import no_names
from tests.render.conftest import QUICK
from tests.support.sites import Site, answer, html, site

pytestmark = pytest.mark.browser

TOKEN = "a-token-of-the-bid"


@pytest.fixture
def famous() -> Generator[Site]:
    with site(html("<!doctype html><title>Famous</title><main style='height: 3000px'>Famous</main>")) as there:
        yield there


def pages(script: str) -> dict[str, bytes]:
    proof = answer(body=f"prebuilt-verification={TOKEN}", content_type="text/plain")
    body = f"<!doctype html><title>Mine</title><main style='height: 3000px'>Mine</main><script>{script}</script>"
    return {"/": html(body), "/next": html(body), "/.well-known/prebuilt.txt": proof}


def view(script: str, *others: Site) -> BrowserView:
    async def look(mine: Site) -> BrowserView:
        async with Renderer(Guard(frozenset({one.place for one in (mine, *others)}), no_names), QUICK) as renderer:
            return await renderer.view(mine.url)

    with site(pages(script)) as mine:
        return asyncio.run(look(mine))


@pytest.mark.parametrize(
    "when",
    [
        "addEventListener('scroll', () => {})",
        "addEventListener('scroll', () => setTimeout(() => {}, 250))",
        "addEventListener('resize', () => {})",
    ],
)
def test_nothing_is_kept_of_a_page_that_navigates_away(famous: Site, when: str) -> None:
    seen = view(when.replace("{}", "{ GO }").replace("GO", f"location = '{famous.url}'"), famous)
    assert (seen.rendering.reason, seen.html, seen.pictures, seen.rendering.axe) == ("not_opened", "", {}, None)
    assert seen.rendering.sentence.startswith("The page moved on")


def test_page_may_navigate_within_its_origin() -> None:
    seen = view("addEventListener('scroll', () => history.pushState({}, '', '/next'), {once: true})")
    assert seen.rendering.is_measured
    assert set(seen.pictures) == {"wide", "phone"}


@pytest.mark.parametrize(("leaves", "proven_by"), [(True, ""), (False, "file")])
def test_control_of_another_origin_proves_nothing(famous: Site, leaves: bool, proven_by: str) -> None:
    with site(pages(f"location = '{famous.url}'" if leaves else "")) as mine:
        setup = Setup(guard=Guard(frozenset({mine.place, famous.place}), no_names), politeness=UNLIMITED)
        record = run(examine_link(CheckRequest(mine.url, token=TOKEN), setup))
    assert record.rendering
    assert record.rendering.title == ("Famous" if leaves else "Mine")
    control = record.audit("control")
    assert control
    assert control.evidence["proven_by"] == proven_by
