"""Every main page, looked at by axe in both themes and at phone width, and at 320 pixels.

Each page is opened once; the window and the theme change while it is open, and the tests read what was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, TypeAlias

import pytest
from playwright.sync_api import Browser, Page

from marketplace.sample.people import PASSWORD
from tests.browser.conftest import Person
from tests.support.accessibility import load_axe, violations
from tests.support.product import Product, running_product

pytestmark = pytest.mark.browser

VISITOR = [
    "/",
    "/jobs",
    "{job}",
    "/signin",
    "/signup",
    "/reset",
    "/help/start",
    "/help/ranking",
    "/help/ranking.md",
    "/help/ranking-study.md",
    "/help/checks",
    "/help/contracts",
    "/help/payments",
    "/help/disputes",
    "/help/reviews",
    "/moderation-log",
    "{person}",
    "{person}/reviews",
    "/reviews/1",
    "{pool_job}",
    "/nothing-here",
    "/gallery",
]
CLIENT = [
    "/me",
    "/my/jobs",
    "{job}/bids",
    "{bid}",
    "{bid}/award",
    "{bid}/messages",
    "{job}/compare?bid=1&bid=2&bid=3",
    "/inbox",
    "/jobs/new",
    "/account",
    "/account/notifications",
    "/contracts",
    "{contract}",
    "{contract}/terms",
    "{contract}/end",
    "{completed}",
    "{milestone}/approve",
    "{milestone}/changes",
    "{milestone}/dispute",
    "{milestone}/live",
    "/disputes/1",
    "/disputes/1/split",
    "/disputes/1/split/1",
    "/disputes/1/evidence",
    "/money",
    "/money/invoices",
    "/reviews/1/correct",
]
FREELANCER = [
    "/my/bids",
    "{other_job}/bids/new",
    "{bid}",
    "{person}",
    "/account/profile",
    "/account/portfolio/new",
    "/account/testimonials",
    "/inbox",
    "/contracts",
    "{contract}",
    "{completed}",
    "{completed}/handover/source",
    "{completed}/secrets/new",
    "{milestone}/submit",
    "/disputes/1",
    "/reviews/2",
    "/money",
    "/money/payouts",
    "/money/invoices",
    "/money/invoices/2",
]
ADMIN = [
    "/admin/queue",
    "/admin/reports/1",
    "/admin/audit",
    "/admin/weights",
    "/admin/ranking/anomalies",
    "/admin/ranking/fairness",
    "/admin/disputes",
    "/admin/disputes/1/rule",
    "/disputes/1",
    "/admin/links",
    "/admin/admins",
    "/admin/mail",
]
PAGES = [("", path) for path in VISITOR] + [
    (who, path) for who, paths in (("client", CLIENT), ("freelancer", FREELANCER), ("admin", ADMIN)) for path in paths
]
SAMPLE_PORTS = {"gw1": "8771", "gw2": "8811", "gw3": "8831"}
"""Of further test processes."""
PEOPLE = ["", "client", "freelancer", "admin"]
Scheme: TypeAlias = Literal["light", "dark"]
LOOKS: list[tuple[int, Scheme]] = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Generator[Product]:
    folder, port = tmp_path_factory.mktemp("pages"), SAMPLE_PORTS.get(worker_id, "8751")
    with running_product(folder, "--sample", RATE_LIMITS="false", SAMPLE_PORT=port) as product:
        yield product


@pytest.fixture(scope="module")
def person(browser: Browser, product: Product) -> Callable[[str], Person]:
    """Somebody who is signed in, once for all tests; "" for a visitor."""

    @cache
    def signed_in(who: str) -> Person:
        person = Person(browser, product)
        if who:
            person.sign_in(f"{who}@example.com", PASSWORD)
        return person

    return signed_in


@pytest.fixture(scope="module")
def places(person: Callable[[str], Person]) -> dict[str, str]:
    """Addresses that only the sample knows: a job with bids, another one, a bid, a person, contracts, a milestone."""
    page = person("").go("/jobs")
    job = link_on(page, "Booking site for a climbing gym")
    other = link_on(page, "Members' area for a choir")
    pool = link_on(page, "Waiting lists for beginners")
    freelancer = person("freelancer")
    freelancer.go("/my/bids").get_by_role("link", name="Booking site for a climbing gym").click()
    bid = "/" + freelancer.page.url.split("/", 3)[3]
    person = link_on(freelancer.go("/me"), "Your public profile")
    contract = link_on(freelancer.go("/contracts"), "Season tickets for a climbing gym")
    completed = link_on(freelancer.go("/contracts?show=completed"), "Opening hours in one place")
    milestone = link_on(freelancer.go(contract), "Hand in again").removesuffix("/submit")
    found = {"job": job, "other_job": other, "bid": bid, "person": person, "pool_job": pool}
    return found | {"contract": contract, "completed": completed, "milestone": milestone}


def link_on(page: Page, name: str) -> str:
    return page.get_by_role("link", name=name).get_attribute("href") or ""


@dataclass
class Walk:
    """What was seen of one person's pages."""

    violations: dict[tuple[int, Scheme], list[object]] = field(default_factory=lambda: {look: [] for look in LOOKS})
    """Path, rule and elements, by the window's width and the theme."""
    wide: list[str] = field(default_factory=list[str])
    """Pages that scroll sideways at 320 pixels."""
    problems: list[str] = field(default_factory=list[str])
    """Errors in the console."""


@pytest.fixture(scope="module")
def walk(person: Callable[[str], Person], places: dict[str, str]) -> Callable[[str], Walk]:
    """Goes through a person's pages once."""

    @cache
    def walk_through(who: str) -> Walk:
        walker, seen = person(who), Walk()
        for path in (path for owner, path in PAGES if owner == who):
            page = walker.go(path.format(**places))
            load_axe(page)
            for width, scheme in LOOKS:
                look_at(page, width, scheme)
                seen.violations[width, scheme] += [(path, *one) for one in violations(page)]
            look_at(page, 320, "light")
            if page.evaluate("document.documentElement.scrollWidth") > 320:
                seen.wide.append(path)
            page.set_viewport_size({"width": 1280, "height": 900})
        seen.problems = [problem for problem in walker.problems if "404" not in problem]
        return seen

    return walk_through


def look_at(page: Page, width: int, scheme: Scheme) -> None:
    """Change the window and the theme, and wait until the page is painted so."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("who", PEOPLE)
def test_pages_have_no_accessibility_violations(
    walk: Callable[[str], Walk], who: str, width: int, scheme: Scheme
) -> None:
    assert not walk(who).violations[width, scheme]


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_report_no_errors_to_the_console(walk: Callable[[str], Walk], who: str) -> None:
    assert not walk(who).problems


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_reflow_at_320_pixels_without_sideways_scroll(walk: Callable[[str], Walk], who: str) -> None:
    assert not walk(who).wide


def test_the_ranked_page_is_light_enough(
    browser: Browser, product: Product, person: Callable[[str], Person], places: dict[str, str]
) -> None:
    client = Person(browser, product, width=390, state=person("client").page.context.storage_state())
    sizes: list[int] = []
    client.page.on("response", lambda response: sizes.append(len(response.body())))
    client.go(places["job"] + "/bids")
    client.page.wait_for_load_state("networkidle")
    assert sum(sizes) < 250_000


def test_everything_on_the_sign_in_page_works_with_the_keyboard_alone(browser: Browser, product: Product) -> None:
    person = Person(browser, product)
    page = person.go("/signin")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main content"
    page.locator("#email").focus()
    page.keyboard.type("client@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Hello").wait_for()


def test_the_chosen_theme_stays(browser: Browser, product: Product) -> None:
    page = Person(browser, product, scheme="light").go("/jobs")
    page.get_by_label("Theme").select_option("dark")
    page.get_by_role("button", name="Set theme").click()
    assert page.url.endswith("/jobs")
    assert page.locator("html").get_attribute("data-theme") == "dark"
