"""The client's own order in a real browser: the twin of Python's function, and the sliders that use it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Literal, TypeAlias

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.accessibility import load_axe, violations
from tests.support.own_cases import CASES, POINTS
from tests.web.bids.conftest import Fair

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).resolve().parents[2] / "marketplace/static/js/own.js"
OpenBids: TypeAlias = Callable[..., Page]
ORDER = """([bids, percents]) => ownOrder(
    bids.map(([id, rank, score, groups]) => ({ id, rank, score, groups })), percents).map((bid) => bid.id)"""


@pytest.fixture(scope="module")
def twin(browser: Browser) -> Generator[Page]:
    """An empty page with the functions and nothing to use them on."""
    page = browser.new_page()
    page.add_script_tag(path=SCRIPT)
    yield page
    page.close()


@pytest.fixture
def open_bids(browser: Browser, fair: Fair, address: str) -> Generator[OpenBids]:
    """Opens the job's bids as its client, at a width and in a colour scheme."""
    cookie = fair.as_("client").http.get_cookie("session")
    assert cookie
    contexts: list[BrowserContext] = []

    def open_(width: int = 1280, scheme: Literal["light", "dark"] = "light") -> Page:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        page = context.new_page()
        page.goto(f"/jobs/{fair.slug}/bids")
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("bids", "percents", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_browser_orders_as_python_does(twin: Page, bids: object, percents: object, expected: list[int]) -> None:
    assert twin.evaluate(ORDER, [bids, percents]) == expected


@pytest.mark.parametrize(("hundredths", "shown"), POINTS)
def test_the_browser_shows_points_as_python_does(twin: Page, hundredths: int, shown: str) -> None:
    assert twin.evaluate("ownPoints", hundredths) == shown


def bids(page: Page) -> list[str]:
    return [node.inner_text() for node in page.locator("#cards .name a").all()]


def test_sliders_order_the_page_at_once_as_the_server_would(open_bids: OpenBids) -> None:
    page = open_bids()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    before = bids(page)
    page.evaluate("window.stillHere = true")
    page.locator("summary", has_text="What matters to you").press("Enter")
    boxes = [page.locator(part).bounding_box() for part in ("form[data-own]", "#cards")]
    for key, slider, times in (("ArrowRight", "Price", 4), ("Home", "Evidence", 1)):
        for _ in range(times):
            page.get_by_label(slider, exact=True).press(key)
    after = bids(page)
    assert after != before
    assert sorted(after) == sorted(before)
    assert page.evaluate("window.stillHere")
    assert page.evaluate("document.activeElement.id") == "own-evidence"
    assert [page.locator(part).bounding_box() for part in ("form[data-own]", "#cards")] == boxes
    expect(page.locator("#live")).to_have_text(f"Order changed: {after[0]} is now first")
    expect(page.get_by_label("Price", exact=True)).to_have_attribute("aria-valuetext", "200 %, twice as much")
    expect(page.locator("#order")).to_have_text("What matters to you first")
    shown = page.locator("[data-points]").all_inner_texts()
    assert "price=200&evidence=0" in page.url
    page.reload()
    assert bids(page) == after
    assert page.locator("[data-points]").all_inner_texts() == shown
    assert not problems


def test_links_and_filters_carry_what_was_turned(open_bids: OpenBids) -> None:
    page = open_bids()
    page.locator("summary", has_text="What matters to you").click()
    page.get_by_label("Record", exact=True).press("End")
    page.get_by_label("Live prototype").check()
    page.get_by_role("button", name="Show", exact=True).click()
    assert "record=200" in page.url
    assert "live=1" in page.url
    page.get_by_role("link", name="All").click()
    assert page.url.endswith("tab=all&record=200")
    page.get_by_role("link", name="Back to the platform’s order").click()
    assert page.url.endswith("bids?tab=all")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_open_explanations_and_sliders_are_accessible(
    open_bids: OpenBids, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = open_bids(width, scheme)
    page.goto(f"{page.url}?price=150&evidence=nonsense")
    page.get_by_text("Why rank 1").click()
    load_axe(page)
    assert violations(page) == []
    if width == 390:
        assert page.evaluate("document.documentElement.scrollWidth") == 390
