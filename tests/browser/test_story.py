"""The main story, clicked through as people would: from sign-ups to the award, the mails and an admin's act."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Person, reload_until
from tests.support.product import Product, running_product
from tests.support.sites import Site, answer, html, site

pytestmark = pytest.mark.browser

NOTE = "I run a bouldering wall's site today, so the slot rules are familiar; the hardest part is the double booking."
PAGES = {
    "/": html(
        '<title>Granite</title><h1>Book a climb</h1><form action="/book"><input name="who"><button>Book</button></form>'
    ),
    "/prices": html("<h1>Prices</h1>"),
}


@pytest.fixture(scope="module")
def working() -> Generator[Site]:
    with site(PAGES) as server:
        yield server


@pytest.fixture(scope="module")
def broken() -> Generator[Site]:
    with site(answer(500, "<h1>Oops</h1>")) as server:
        yield server


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, working: Site, broken: Site) -> Generator[Product]:
    folder: Path = tmp_path_factory.mktemp("story")
    with running_product(folder, GUARD_EXCEPTIONS=f"{working.place},{broken.place}", RATE_LIMITS="false") as product:
        yield product


def post_the_job(client: Person) -> str:
    """Through the task list to the preview and out; gives the job's address."""
    page = client.go("/jobs/new")
    page.locator("#title").fill("Booking site for a climbing gym")
    page.get_by_role("button", name="Start the draft").click()
    page.get_by_role("link", name="Describe the work").click()
    page.get_by_label("Category").select_option("web")
    page.get_by_label("Brief").fill(
        "Members book a slot in **three taps** on a phone, in a cellar with one bar of signal."
    )
    page.get_by_label("Skills").fill("python, flask")
    page.get_by_role("button", name="Save and go on").click()
    lines = (("text", "Book a climb"), ("form", ""), ("page", "/prices"), ("free", "Staff can read it"))
    if not re.search("requirements", page.url):
        page.get_by_role("link", name="Write requirements").click()
    for number, (kind, value) in enumerate(lines):
        if page.locator("#lines > li").count() <= number:
            page.get_by_role("button", name="Add a requirement").click()
        line = page.locator("#lines > li").nth(number)
        line.get_by_label("Kind").select_option(kind)
        line.get_by_label("Value").fill(value)
    page.get_by_role("button", name="Save and go on").click()
    if not re.search("budget", page.url):
        page.get_by_role("link", name="budget and dates").click()
    page.get_by_label("Currency").select_option("EUR")
    page.get_by_label("Lowest budget").fill("2000")
    page.get_by_label("Highest budget").fill("3500")
    page.get_by_label("Bids close on").fill("2099-01-10")
    page.get_by_label("You decide by").fill("2099-01-20")
    page.get_by_role("button", name="Save and go on").click()
    page.goto(re.sub(r"(/jobs/[^/]+).*", r"\1/preview", page.url))
    page.get_by_role("button", name="Post this job").click()
    expect(page.get_by_role("heading", name="Your job is with our admins")).to_be_visible()
    return page.get_by_role("link", name="See the job").get_attribute("href") or ""


def bid(person: Person, job: str, price: str, link: str = "") -> None:
    page = person.go(f"{job}/bids/new")
    page.get_by_label("Your price").fill(price)
    page.get_by_label("Days to deliver").fill("14")
    page.get_by_label("Prototype link").fill(link)
    page.get_by_label("How you’d do this job").fill(NOTE)
    page.get_by_role("button", name="Preview bid").click()
    page.get_by_role("button", name="Place bid").click()
    expect(page.locator("main")).to_contain_text("What happens next")


def approve_the_job(admin: Person) -> None:
    admin.go("/admin/queue").get_by_role("link", name="Booking site for a climbing gym").click()
    admin.page.get_by_label("Open it for bids").check()
    admin.page.get_by_role("button", name="Decide").click()
    expect(admin.page.locator("main")).to_contain_text("The job is open.")


def add_earlier_work(person: Person) -> None:
    page = person.go("/account/portfolio/new")
    page.get_by_label("Title").fill("Tennis club")
    page.get_by_role("button", name="Save piece").click()


def see_the_link_go_live(bidder: Person) -> None:
    """The bid's page changes by itself once the worker has been there."""
    page = bidder.go("/my/bids")
    page.locator("main .list a").first.click()
    expect(page.get_by_label("Prototype link")).to_contain_text("Live: answered in")


def see_the_working_one_on_top(client: Person, job: str) -> None:
    page = client.go(f"{job}/bids")
    first = page.locator("ol.list > li").first
    reload_until(page, lambda: "Amara" in first.inner_text() and "points" in first.inner_text())
    expect(first).to_contain_text("Amara")
    expect(first).to_contain_text("Meets 3 of")
    expect(page.locator("ol.list > li", has_text="Pixel")).to_contain_text("Not working")
    assert page.locator("ol.list > li").count() == 4


def talk(client: Person, bidder: Person, job: str) -> None:
    page = client.go(f"{job}/bids")
    page.locator("ol.list > li").first.get_by_role("link", name="View bid").click()
    page.get_by_role("link", name="Messages").click()
    page.get_by_label("Your message").fill("Can staff close a slot from the phone?")
    page.get_by_role("button", name="Send message").click()
    answer_page = bidder.go("/inbox")
    answer_page.get_by_role("link", name="Jonas Keller wrote to you").click()
    expect(answer_page.locator("main")).to_contain_text("Can staff close a slot")


def compare_and_award(client: Person, job: str) -> None:
    page = client.go(f"{job}/bids")
    for card in (0, 1):
        page.locator("ol.list > li").nth(card).get_by_label("Compare").check()
    expect(page.locator("[data-ticked]")).to_have_text("2 bids ticked")
    page.get_by_role("button", name="Compare ticked bids").click()
    page.get_by_role("link", name="Award to Amara").click()
    page.get_by_role("button", name="Award to Amara").click()
    expect(page.locator("main")).to_contain_text("Amara")


def learn_the_outcome(bidders: dict[str, Person]) -> None:
    """Everybody in the product and by mail, with their own score."""
    for name, words in (("Amara", "You won"), ("Pixel", "went to somebody else"), ("Sam", "went to somebody else")):
        news = bidders[name].go("/inbox").locator("main")
        expect(news).to_contain_text(words)
        expect(news).to_contain_text("points")
        mails = bidders[name].go("/mail").locator("main li", has_text=f"To {name.lower()}@example.com")
        expect(mails.filter(has_text=words)).to_have_count(1)


def report_and_act(reporter: Person, admin: Person, client: Person, job: str) -> None:
    page = reporter.go(job)
    page.get_by_role("link", name="Report this job").click()
    page.get_by_label("Something else").check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("h1")).to_contain_text("Thank you")
    admin.go("/admin/queue").get_by_role("link", name="A job of Jonas Keller").click()
    admin.page.get_by_label("Warn the person").check()
    admin.page.get_by_label("Why, as the person will read it").fill("Please answer your bidders.")
    admin.page.get_by_label("Why, for the public log").fill("Bidders wait for answers.")
    admin.page.get_by_role("button", name="Decide and go on").click()
    expect(client.go("/account/moderation").locator("main")).to_contain_text("Please answer your bidders.")
    expect(admin.go("/admin/audit").locator("main")).to_contain_text("Please answer your bidders.")


def test_the_whole_story(browser: Browser, product: Product, working: Site, broken: Site) -> None:
    client, admin = Person(browser, product), Person(browser, product)
    client.sign_up("Jonas Keller", "jonas@example.com", "I want to hire")
    admin.sign_up("Mira Novak", "mira@example.com", "Both")
    product.command("admin", "grant", "mira@example.com")
    job = post_the_job(client)
    approve_the_job(admin)
    bidders = {name: Person(browser, product) for name in ("Amara", "Pixel", "Jiwoo", "Sam")}
    for name, person in bidders.items():
        person.sign_up(name, f"{name.lower()}@example.com", "I want to find work")
    add_earlier_work(bidders["Jiwoo"])
    for name, link in (("Amara", working.url), ("Pixel", broken.url), ("Jiwoo", ""), ("Sam", "")):
        bid(bidders[name], job, "2900", link)
    see_the_link_go_live(bidders["Amara"])
    see_the_working_one_on_top(client, job)
    talk(client, bidders["Amara"], job)
    compare_and_award(client, job)
    learn_the_outcome(bidders)
    report_and_act(bidders["Sam"], admin, client, job)
    assert not [problem for person in (client, admin, *bidders.values()) for problem in person.problems]
