"""The client's own order in a real browser: the twin of Python's function, and the sliders that use it."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from marketplace.sample.people import PASSWORD
from tests.browser.conftest import Person
from tests.support.own_cases import CASES, POINTS
from tests.support.product import Product, running_product

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).resolve().parents[2] / "marketplace/static/js/own.js"
ORDER = """([bids, percents]) => ownOrder(
    bids.map(([id, rank, score, groups]) => ({ id, rank, score, groups })), percents).map((bid) => bid.id)"""


@pytest.fixture(scope="module")
def twin(browser: Browser) -> Generator[Page]:
    """An empty page with the functions and nothing to use them on."""
    page = browser.new_page()
    page.add_script_tag(path=SCRIPT)
    yield page
    page.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Generator[Product]:
    folder = tmp_path_factory.mktemp("own")
    with running_product(folder, "--sample", RATE_LIMITS="false", SAMPLE_PORT="8752") as product:
        yield product


@pytest.mark.parametrize(
    ("bids", "percents", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_browser_orders_as_python_does(twin: Page, bids: object, percents: object, expected: list[int]) -> None:
    assert twin.evaluate(ORDER, [bids, percents]) == expected


@pytest.mark.parametrize(("hundredths", "shown"), POINTS)
def test_the_browser_shows_points_as_python_does(twin: Page, hundredths: int, shown: str) -> None:
    assert twin.evaluate("ownPoints", hundredths) == shown


def bids_page(person: Person) -> Page:
    person.sign_in("client@example.com", PASSWORD)
    page = person.go("/jobs")
    job = page.get_by_role("link", name="Booking site for a climbing gym").get_attribute("href")
    return person.go(f"{job}/bids")


def bids(page: Page) -> list[str]:
    return [node.inner_text() for node in page.locator("#cards .name a").all()]


def test_sliders_order_the_page_at_once_as_the_server_would(browser: Browser, product: Product) -> None:
    person = Person(browser, product)
    page = bids_page(person)
    before = bids(page)
    page.evaluate("window.stillHere = true")
    page.locator("summary", has_text="What matters to you").press("Enter")
    heading = page.locator("#order").bounding_box()
    form = page.locator("form[data-own]").bounding_box()
    for key, slider, times in (("ArrowRight", "Price", 4), ("Home", "Evidence", 1)):
        for _ in range(times):
            page.get_by_label(slider, exact=True).press(key)
    after = bids(page)
    assert after != before
    assert sorted(after) == sorted(before)
    assert page.evaluate("window.stillHere")
    assert page.evaluate("document.activeElement.id") == "own-evidence"
    assert (page.locator("#order").bounding_box(), page.locator("form[data-own]").bounding_box()) == (heading, form)
    expect(page.locator("#live")).to_have_text(f"Order changed: {after[0]} is now first")
    expect(page.get_by_label("Price", exact=True)).to_have_attribute("aria-valuetext", "200 %, twice as much")
    expect(page.locator("#order")).to_have_text("What matters to you first")
    shown = page.locator("[data-points]").all_inner_texts()
    assert "price=200&evidence=0" in page.url
    page.reload()
    assert bids(page) == after
    assert page.locator("[data-points]").all_inner_texts() == shown
    assert not person.problems


def test_links_and_filters_carry_what_was_turned(browser: Browser, product: Product) -> None:
    page = bids_page(Person(browser, product))
    page.locator("summary", has_text="What matters to you").click()
    page.get_by_label("Record", exact=True).press("End")
    page.get_by_label("Live prototype").check()
    page.get_by_role("button", name="Show", exact=True).click()
    assert "record=200" in page.url
    assert "live=1" in page.url
    page.get_by_role("link", name="Shortlisted").click()
    assert page.url.endswith("tab=shortlisted&record=200")
    page.get_by_role("link", name="Back to the platform’s order").click()
    assert page.url.endswith("bids?tab=shortlisted")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_open_explanations_and_sliders_are_accessible(
    browser: Browser, product: Product, width: int, scheme: str
) -> None:
    person = Person(browser, product, width=width, scheme=scheme)
    page = bids_page(person)
    page.get_by_text("Why rank 1").click()
    page.goto(f"{page.url}?price=150&evidence=nonsense")
    page.get_by_text("Why rank 1").click()
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found] == []
    if width == 390:
        assert page.evaluate("document.documentElement.scrollWidth") == 390
