"""A disagreement, clicked through: changes asked for, a dispute, a split refused, a ruling, an appeal, money split."""

from __future__ import annotations

import os
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_security.utils import hash_password
from playwright.sync_api import Browser, expect

from config.settings import load_settings
from marketplace.app import create_app
from marketplace.core.database import db
from marketplace.disputes.models import Dispute
from tests.browser.conftest import PASSWORD, Person
from tests.browser.test_contract import award_and_sign, pay
from tests.support.databases import close
from tests.support.factories import make_bid, make_job, make_user
from tests.support.product import Product, running_product

pytestmark = pytest.mark.browser

PEOPLE = {"Jonas Keller": "client", "Amara": "freelancer", "Ann": "admin", "Bea": "admin"}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Generator[Product]:
    with running_product(tmp_path_factory.mktemp("dispute"), RATE_LIMITS="false") as product:
        yield product


@pytest.fixture
def app(product: Product) -> Generator[Flask]:
    app = create_app(load_settings(data_dir=Path(product.environment["DATA_DIR"])))
    yield app
    close(app)


def set_the_stage(app: Flask) -> int:
    """Two sides, two admins and a bid; gives the bid's id."""
    with app.app_context():
        password = hash_password(PASSWORD)
        people = {
            name: make_user(role, name=name, email=f"{name.split()[0].lower()}@example.com", password=password)
            for name, role in PEOPLE.items()
        }
        soon = datetime.now(UTC) + timedelta(days=7)
        job = make_job(people["Jonas Keller"], bid_deadline=soon, decision_deadline=soon + timedelta(days=7))
        return make_bid(job, people["Amara"]).id


def look(person: Person, name: str) -> None:
    """Keep a picture where LOOK_AT names a folder, for whoever works on these pages."""
    if folder := os.environ.get("LOOK_AT"):
        for width in (1280, 390):
            person.page.set_viewport_size({"width": width, "height": 900})
            for scheme in ("light", "dark"):
                person.page.emulate_media(color_scheme=scheme)
                person.page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)


def hand_in_and_ask_for_changes(client: Person, freelancer: Person, path: str) -> None:
    page = freelancer.go(path)
    page.get_by_role("link", name="Hand it in").first.click()
    page.get_by_label("What is done").fill("All pages are done.")
    page.get_by_role("button", name="Hand it in").click()
    page = client.go(path)
    page.get_by_role("link", name="Ask for changes").first.click()
    page.get_by_label("What has to change").fill("The prices page is missing.")
    page.get_by_role("button", name="Ask for these changes").click()


def open_it(freelancer: Person, path: str) -> str:
    page = freelancer.go(path)
    page.get_by_role("link", name="Open a dispute").click()
    look(freelancer, "open")
    page.get_by_label("What is wrong").fill("The prices page was **never agreed on**. Please release the money.")
    page.get_by_role("button", name="Open the dispute").click()
    expect(page.locator("main")).to_contain_text("Waiting for Jonas Keller to answer")
    return page.url


def answer_and_propose(client: Person, freelancer: Person, address: str) -> None:
    page = client.go(address)
    page.get_by_label("Your answer", exact=True).fill("It stands in the spec.")
    page.get_by_role("button", name="Send your answer").click()
    page.get_by_label("Add a file").set_input_files(
        {"name": "spec.txt", "mimeType": "text/plain", "buffer": b"A page with the prices."}
    )
    page.get_by_role("button", name="Add this file").click()
    page.get_by_role("link", name="Propose a split").click()
    page.get_by_label("To Amara").fill("1000")
    page.get_by_role("button", name="Propose it").click()
    page = freelancer.go(address)
    expect(page.locator("main")).to_contain_text("€1,000 go to the freelancer and €1,900 back to the client")
    look(freelancer, "proposal")
    page.get_by_role("button", name="Decline it").click()
    expect(page.locator("main")).to_contain_text("Declined")


def rule(admin: Person, outcome: str, amount: str, reasons: str, button: str) -> None:
    page = admin.go("/admin/disputes")
    look(admin, f"queue-{button}")
    page.get_by_role("link", name="Rule on it").click()
    page.get_by_label(outcome).check()
    page.get_by_label("For a split").fill(amount)
    page.get_by_label("Reasons").fill(reasons)
    look(admin, f"rule-{button}")
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator("main")).to_contain_text("Ruled")


def test_from_wishes_to_the_ruling_on_appeal(browser: Browser, product: Product, app: Flask) -> None:
    bid_id = set_the_stage(app)
    client, freelancer, ann, bea = (Person(browser, product) for _ in PEOPLE)
    for person, name in ((client, "jonas"), (freelancer, "amara"), (ann, "ann"), (bea, "bea")):
        person.sign_in(f"{name}@example.com")
    path = award_and_sign(client, freelancer, bid_id)
    pay(client, path)
    hand_in_and_ask_for_changes(client, freelancer, path)
    address = open_it(freelancer, path)
    answer_and_propose(client, freelancer, address)
    rule(ann, "Release: all of it", "", "The spec does not say that prices need a page of their own.", "Rule")
    page = client.go(address)
    look(client, "ruled")
    page.get_by_role("link", name="Appeal").click()
    page.get_by_label("What the ruling got wrong").fill("The file that I added says so.")
    page.get_by_role("button", name="Appeal").click()
    ann.go("/admin/disputes")
    expect(ann.page.locator("main")).to_contain_text("Another admin has to rule on this one.")
    rule(
        bea,
        "Split: a part to each",
        "1500",
        "The file shows that prices were agreed; the rest was done.",
        "Rule finally",
    )
    page = freelancer.go(address)
    expect(page.locator("main")).to_contain_text("€1,500 go to the freelancer and €1,400 back to the client")
    look(freelancer, "final")
    page.get_by_role("link", name="See the evidence").click()
    expect(page.locator("main")).to_contain_text("The prices page is missing.")
    look(freelancer, "evidence")
    for person in (client, freelancer):
        expect(person.go("/inbox").locator("main")).to_contain_text("The ruling on")
    look(client, "inbox")
    client.go(path)
    look(client, "contract")
    client.go("/help/disputes")
    look(client, "help")
    assert not [problem for person in (client, freelancer, ann, bea) for problem in person.problems]
    with app.app_context():
        dispute = db.session.query(Dispute).one()
        assert (dispute.state, dispute.milestone.hold.released, dispute.milestone.hold.refunded) == (
            "final", 150_000, 140_000,
        )  # fmt: skip
