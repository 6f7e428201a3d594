"""After the award: signed, paid in the sandbox, live at the client's place, verified, approved, released, reviewed."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_security.utils import hash_password
from playwright.sync_api import Browser, Page, expect

from config.settings import load_settings
from marketplace.app import create_app
from marketplace.bids.models import Bid
from marketplace.bids.offer import Offer
from marketplace.bids.services.writing import place_bid, save_draft
from marketplace.contracts.models import Contract
from marketplace.core.database import db
from marketplace.prototypes.models import Prototype
from tests.browser.conftest import PASSWORD, Person, reload_until
from tests.support.databases import close
from tests.support.factories import make_job, make_user
from tests.support.looks import GYM
from tests.support.product import Product, running_product
from tests.support.sites import Answer, Site, SiteRequest, answer, html, site

pytestmark = pytest.mark.browser

PAGE = (
    "<!doctype html><html lang=en><meta name=viewport content='width=device-width'>{head}<title>Granite</title>"
    f"<h1>Granite climbing gym</h1><p>{GYM}</p><p><a href=/prices>Prices</a> Book now</p>"
    "<form><label>Name <input name=who></label><button>Book</button></form>"
)
LINES = [("page", "/prices"), ("text", "Book now"), ("form", ""), ("free", "It feels friendly")]


@dataclass
class Domain:
    """A site on loopback whose head the client can put the code into."""

    head: str = ""

    def choose(self, request: SiteRequest) -> Answer:
        pages = {"/": html(PAGE.format(head=self.head)), "/prices": html("<h1>Prices</h1><p>Fourteen euros a day.")}
        return pages.get(request.target, answer(404, "<h1>Not found</h1>"))


@pytest.fixture(scope="module")
def demo() -> Generator[Site]:
    with site(Domain().choose) as server:
        yield server


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain()


@pytest.fixture(scope="module")
def production(domain: Domain) -> Generator[Site]:
    with site(domain.choose) as server:
        yield server


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, demo: Site, production: Site) -> Generator[Product]:
    folder: Path = tmp_path_factory.mktemp("contract")
    exceptions = f"{demo.place},{production.place}"
    with running_product(folder, GUARD_EXCEPTIONS=exceptions, RATE_LIMITS="false") as product:
        yield product


@pytest.fixture
def app(product: Product) -> Generator[Flask]:
    """The product's rows, to set the stage in."""
    app = create_app(load_settings(data_dir=Path(product.environment["DATA_DIR"])))
    yield app
    close(app)


def set_the_stage(app: Flask, demo: Site) -> int:
    """A job with one bid that carries a working prototype; gives the bid's id."""
    now = datetime.now(UTC)
    with app.app_context():
        password = hash_password(PASSWORD)
        client = make_user("client", name="Jonas Keller", email="jonas@example.com", password=password)
        freelancer = make_user("freelancer", name="Amara", email="amara@example.com", password=password)
        freelancer.created_at -= timedelta(days=1)  # made together at one address, they would count as one person
        soon = now + timedelta(days=7)
        job = make_job(client, requirements=LINES, bid_deadline=soon, decision_deadline=soon + timedelta(days=7))
        note = "I run a bouldering wall’s site today, so the slot rules in your spec are familiar to me."
        offer = Offer(price=290_000, days=14, go_live_hours=6, note=note, prototype_url=demo.url)
        bid = save_draft(freelancer, job, offer, now)
        place_bid(freelancer, bid, now)
        db.session.commit()
        return bid.id


def until(page: Page, words: str) -> None:
    """Reload the page until it says so."""
    reload_until(page, lambda: words in page.locator("main").inner_text())
    expect(page.locator("main")).to_contain_text(words)


def award_and_sign(client: Person, freelancer: Person, bid_id: int) -> str:
    page = client.go(f"/bids/{bid_id}/award")
    page.get_by_role("button", name="Award to Amara").click()
    page.get_by_role("link", name="Go to the contract").click()
    path = re.sub(r"https?://[^/]+", "", page.url)
    for person, name in ((freelancer, "Amara"), (client, "Jonas Keller")):
        person.go(path).get_by_role("link", name="Read and sign").click()
        person.page.get_by_label("Type your name to sign").fill(name)
        person.page.get_by_role("button", name="Sign the contract").click()
    expect(client.page.locator("main")).to_contain_text("In force")
    return path


def pay(client: Person, path: str) -> None:
    page = client.go(path)
    page.get_by_role("link", name="Pay €2,900").click()
    page.get_by_role("button", name="Go to the payment").click()
    page.locator("main form button.primary").click()
    page.get_by_label("A card that pays").check()
    page.get_by_role("button", name="Pay €2,900").click()
    page.goto(path)
    until(page, "Money held")


def review_each_other(client: Person, freelancer: Person, path: str) -> None:
    """The first review stays sealed; with the second both are there for everybody."""
    for person, words in ((client, "Live within hours."), (freelancer, "A clear brief.")):
        page = person.go(f"{path}/review")
        for scale in page.get_by_role("group").all():
            scale.get_by_label("Good", exact=True).check()
        page.get_by_label("What went well, what did not").fill(words)
        page.get_by_role("button", name="Seal the review").click()
        if person is client:
            expect(freelancer.go(path).get_by_role("link", name="Write your review")).to_be_visible()
            expect(freelancer.page.get_by_role("link", name="What was written about you")).to_be_hidden()
    for person, words in ((client, "A clear brief."), (freelancer, "Live within hours.")):
        person.go(path).get_by_role("link", name="What was written about you").click()
        expect(person.page.locator("main")).to_contain_text(words)


def test_from_the_award_to_the_reviews(
    browser: Browser, product: Product, app: Flask, demo: Site, production: Site, domain: Domain
) -> None:
    bid_id = set_the_stage(app, demo)
    client, freelancer = Person(browser, product), Person(browser, product)
    client.sign_in("jonas@example.com")
    freelancer.sign_in("amara@example.com")
    until(client.go(f"/bids/{bid_id}"), "Desktop")
    path = award_and_sign(client, freelancer, bid_id)
    pay(client, path)
    with app.app_context():
        token = db.session.query(Contract).one().token
    domain.head = f'<meta name="prebuilt-verification" content="{token}">'
    page = freelancer.go(path)
    page.get_by_role("link", name="Hand it in").first.click()
    page.get_by_label("What is done").fill("All pages are live.")
    page.get_by_label("Address of the production site").fill(production.url)
    page.get_by_role("button", name="Hand it in").click()
    until(client.go(path), "Verified live")
    expect(client.page.locator("main")).to_contain_text(re.compile(r"Live .* after payment, promised 6 h\."))
    expect(client.page.locator("main")).to_contain_text("Promise kept")
    client.page.get_by_role("link", name="Compare it with the awarded prototype").click()
    expect(client.page.get_by_alt_text("Live, 1280 px wide; opens larger")).to_be_visible()
    expect(client.page.locator("main")).to_contain_text("Both show the same sentences.")
    client.go(path).get_by_role("link", name="Approve").first.click()
    for missing in client.page.get_by_role("checkbox", name="I do without").all():
        missing.check()
    client.page.get_by_role("button", name="Release €2,900").click()
    expect(client.page.locator("main")).to_contain_text("Completed")
    expect(freelancer.go("/inbox").locator("main")).to_contain_text("is released")
    review_each_other(client, freelancer, path)
    assert not [problem for person in (client, freelancer) for problem in person.problems]
    with app.app_context():
        assert db.session.get_one(Bid, bid_id).state == "accepted"
        assert db.session.query(Prototype).count() == 2
