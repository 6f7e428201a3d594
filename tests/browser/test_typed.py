"""What the script does for typed text: drafts say what became of them, texts are counted, none is sent into nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import TypeAlias

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from marketplace.bids.models import Bid
from marketplace.core.database import db
from tests.browser.conftest import SECONDS
from tests.web.bids.conftest import Fair

pytestmark = pytest.mark.browser

Open: TypeAlias = Callable[[str, str], Page]
SOON = SECONDS * 1000
"""Milliseconds that a page may take to say something: its own pauses, and a busy machine."""


@pytest.fixture
def open_as(browser: Browser, fair: Fair, address: str) -> Generator[Open]:
    """Opens a path as one of the fair's people; the pages of one person share their cookies."""
    contexts: dict[str, BrowserContext] = {}

    def open_(who: str, path: str) -> Page:
        if who not in contexts:
            contexts[who] = browser.new_context(base_url=address, reduced_motion="reduce")
            contexts[who].add_cookies([session_of(fair, who, address)])
        page = contexts[who].new_page()
        page.goto(path)
        return page

    yield open_
    for context in contexts.values():
        context.close()


def session_of(fair: Fair, who: str, address: str) -> dict[str, str]:
    cookie = fair.as_(who).http.get_cookie("session")
    assert cookie
    return {"name": "session", "value": cookie.value, "url": address}


def state_of(page: Page, words: str) -> None:
    expect(page.locator("[data-saved]")).to_contain_text(words, timeout=SOON)


def draft(app: Flask, fair: Fair) -> Bid:
    """Fay's draft as it is stored."""
    with app.app_context():
        return db.session.query(Bid).filter_by(freelancer_id=fair.people["fay"]).one()


@pytest.fixture
def form(open_as: Open, fair: Fair) -> Page:
    """Fay's new bid, with a first line that is saved."""
    page = open_as("fay", f"/jobs/{fair.slug}/bids/new")
    page.locator("#note").fill("A first line.")
    state_of(page, "Draft saved at")
    return page


def test_offline_is_said_and_made_good_by_itself(app: Flask, fair: Fair, form: Page) -> None:
    form.context.set_offline(True)
    form.locator("#note").fill("A second line.")
    state_of(form, "you are offline")
    expect(form.locator("#note")).to_have_value("A second line.")
    form.context.set_offline(False)
    state_of(form, "Draft saved at")
    assert draft(app, fair).note == "A second line."


def test_signed_out_is_said_and_made_good_after_signing_in(app: Flask, fair: Fair, form: Page, address: str) -> None:
    form.context.clear_cookies()
    form.locator("#note").fill("A second line.")
    state_of(form, "you are signed out")
    expect(form.get_by_role("link", name="Sign in").last).to_have_attribute("target", "_blank")
    form.context.add_cookies([session_of(fair, "fay", address)])
    form.evaluate("window.dispatchEvent(new Event('focus'))")
    state_of(form, "Draft saved at")
    assert draft(app, fair).note == "A second line."


def test_a_field_that_can_not_be_kept_is_named_and_the_others_are_saved(app: Flask, fair: Fair, form: Page) -> None:
    form.locator("#price").fill("a lot")
    form.locator("#note").fill("A second line.")
    state_of(form, "Saved, except for “Your price")
    expect(form.locator("[data-saved] a")).to_have_attribute("href", "#price")
    assert draft(app, fair).note == "A second line."


def test_two_windows_show_both_texts(app: Flask, fair: Fair, open_as: Open, form: Page) -> None:
    other = open_as("fay", f"/jobs/{fair.slug}/bids/new")
    other.locator("#note").fill("Written in the other window.")
    state_of(other, "Draft saved at")
    form.locator("#note").fill("Written here.")
    state_of(form, "changed in another window")
    form.get_by_role("button", name="See both texts").click()
    both = form.locator(".both").first
    expect(both).to_contain_text("Written in the other window.", timeout=SOON)
    expect(both).to_contain_text("Written here.")
    assert draft(app, fair).note == "Written in the other window."
    form.get_by_role("button", name="Save draft").click()
    expect(form.locator(".both")).to_have_count(0, timeout=SOON)
    assert draft(app, fair).note == "Written here."


def test_a_paste_that_is_too_long_is_counted_kept_and_not_sent(open_as: Open, fair: Fair) -> None:
    page = open_as("wanda", f"/bids/{fair.bids['wanda']}/messages")
    page.locator("#text").fill("x" * 5_312)
    expect(page.locator("#text-left")).to_contain_text("5,312 of 5,000")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("[data-trouble]")).to_contain_text("too long")
    expect(page.locator("#text")).to_have_value("x" * 5_312)


def test_a_text_is_not_sent_into_nothing(open_as: Open, fair: Fair) -> None:
    page = open_as("wanda", f"/bids/{fair.bids['wanda']}/messages")
    page.locator("#text").fill("Kept while the train is in its tunnel.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("[data-trouble]")).to_contain_text("you are offline", timeout=SOON)
    page.context.set_offline(False)
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("#thread")).to_contain_text("Kept while the train", timeout=SOON)


def test_a_long_text_is_not_sent_to_a_server_that_does_not_answer(open_as: Open, fair: Fair) -> None:
    page, text = open_as("wanda", f"/bids/{fair.bids['wanda']}/messages"), "A sentence of a long answer. " * 20
    page.locator("#text").fill(text)
    page.route("**/healthz", lambda route: route.abort())
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("[data-trouble]")).to_contain_text("you are offline", timeout=SOON)
    expect(page.locator("#text")).to_have_value(text)


def test_mark_as_read_leaves_the_typed_answer(open_as: Open, fair: Fair) -> None:
    page = open_as("client", f"/bids/{fair.bids['wanda']}/messages")
    page.locator("#text").fill("How long would it take?")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("#thread")).to_contain_text("How long", timeout=SOON)
    page = open_as("wanda", f"/bids/{fair.bids['wanda']}/messages")
    page.locator("#text").fill("Three weeks, I think.")
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_role("heading", name="We kept what you typed")).to_be_visible(timeout=SOON)
    expect(page.locator("#text")).to_have_value("Three weeks, I think.")
    expect(page).to_have_url(re.compile("/messages$"))
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)


def test_a_theme_chosen_beside_a_typed_text_loses_nothing(open_as: Open, fair: Fair) -> None:
    page = open_as("wanda", f"/bids/{fair.bids['wanda']}/messages")
    page.locator("#text").fill("In the dark.")
    page.locator("#theme").select_option("dark")
    page.get_by_role("button", name="Set theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark", timeout=SOON)
    expect(page.locator("#text")).to_have_value("In the dark.", timeout=SOON)
