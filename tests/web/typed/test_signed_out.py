"""Input returns after signing in, to its own form and person only, and is never carried out."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from marketplace.core.clock import FixedClock
from tests.support.visitor import Visitor
from tests.web.bids.conftest import reload
from tests.web.typed.conftest import SIGN_IN, People, carry_on, text_in

NOTE = "I would begin with the slot rules.\nThen prices, which took me an hour to think of and should not be lost."


@pytest.fixture
def browser(people: People) -> Visitor:
    return people.fair.as_("wanda")


@pytest.fixture
def path(people: People) -> str:
    return f"/bids/{people.fair.bids['wanda']}/edit"


@pytest.fixture
def refused(browser: Visitor, path: str) -> TestResponse:
    """The answer to a form sent after the session ended."""
    return browser.submit(path, {"note": NOTE}, meanwhile=browser.sign_out)


def test_answer_is_the_sign_in_page(refused: TestResponse) -> None:
    assert refused.status_code == 401
    assert "What you typed is kept" in refused.text


def test_input_is_back_in_its_form_after_signing_in(people: People, browser: Visitor, refused: TestResponse) -> None:
    back = carry_on(browser, people.sign_in(browser, refused, "wanda"))
    assert back.status_code == 200
    assert text_in(back, "note").strip() == NOTE
    assert "was not sent yet" in back.text


def test_nothing_is_carried_out(app: Flask, people: People, browser: Visitor, refused: TestResponse) -> None:
    carry_on(browser, people.sign_in(browser, refused, "wanda"))
    with app.app_context():
        assert NOTE not in reload(people.fair.bids["wanda"]).note


def test_resubmitted_form_counts(
    app: Flask, people: People, browser: Visitor, path: str, refused: TestResponse
) -> None:
    back = carry_on(browser, people.sign_in(browser, refused, "wanda"))
    assert browser.send(back, path).status_code == 303
    with app.app_context():
        assert reload(people.fair.bids["wanda"]).note == NOTE


def test_wrong_password_does_not_lose_the_input(people: People, browser: Visitor, refused: TestResponse) -> None:
    wrong = people.sign_in(browser, refused, "wanda", "not my password")
    assert wrong.status_code == 422
    back = carry_on(browser, people.sign_in(browser, wrong, "wanda"))
    assert text_in(back, "note").strip() == NOTE


def test_another_person_signing_in_does_not_get_it(people: People, browser: Visitor, refused: TestResponse) -> None:
    answer = people.sign_in(browser, refused, "bob")
    assert answer.status_code == 303
    assert answer.location.endswith("/me")


def test_another_person_posting_the_seal_does_not_get_it(people: People, path: str, refused: TestResponse) -> None:
    bob = people.fair.as_("bob")
    answer = bob.http.post(
        path, data={"kept": text_in(refused, "kept"), "csrf_token": bob.csrf_token()}, headers=bob.sent_from("/signin")
    )
    assert answer.status_code == 409
    assert "slot rules" not in answer.text


def test_input_is_kept_for_two_hours(
    people: People, browser: Visitor, path: str, refused: TestResponse, clock: FixedClock
) -> None:
    clock.moment += timedelta(hours=2, minutes=1)
    assert people.sign_in(browser, refused, "wanda").status_code == 303


def test_seal_returns_to_its_own_page_only(people: People, browser: Visitor, refused: TestResponse) -> None:
    browser.as_user(people.fair.people["wanda"])
    fields = {"kept": text_in(refused, "kept"), "csrf_token": browser.csrf_token()}
    answer = browser.http.post("/account/profile", data=fields, headers=browser.sent_from("/"))
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.localhost"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Referer": "https://elsewhere.example/bids"},
        {},
    ],
)
def test_input_from_another_site_is_not_kept(browser: Visitor, path: str, headers: dict[str, str]) -> None:
    page = browser.page(path)
    browser.sign_out()
    answer = browser.send(page, path, {"note": NOTE}, headers=headers)
    assert answer.status_code == 400
    assert "slot rules" not in answer.text
    assert 'name="kept"' not in answer.text


def test_seal_from_another_site_is_not_restored(
    people: People, browser: Visitor, path: str, refused: TestResponse
) -> None:
    browser.as_user(people.fair.people["wanda"])
    fields = {"kept": text_in(refused, "kept")}
    without_token = browser.http.post(path, data=fields, headers=browser.sent_from("/"))
    assert without_token.status_code == 400
    assert "slot rules" not in without_token.text
    fields["csrf_token"] = browser.csrf_token()
    elsewhere = browser.http.post(path, data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 400
    assert "slot rules" not in elsewhere.text


def test_form_shown_to_another_account_is_refused_with_its_text(people: People, browser: Visitor, path: str) -> None:
    answer = browser.submit(path, {"note": NOTE}, meanwhile=partial(browser.as_user, people.fair.people["bob"]))
    assert answer.status_code == 409
    assert "opened by another account" in answer.text
    assert "slot rules" in answer.text


def test_signing_in_in_another_tab_leads_back_to_the_form(people: People, browser: Visitor, path: str) -> None:
    def sign_in_beside() -> None:
        browser.sign_out()
        people.sign_in(browser, browser.get("/signin"), "wanda")

    answer = browser.submit(path, {"note": NOTE}, meanwhile=sign_in_beside)
    assert answer.status_code == 400
    assert text_in(carry_on(browser, answer), "note").strip() == NOTE


def test_sign_in_page_does_not_display_the_input(refused: TestResponse) -> None:
    assert "slot rules" not in refused.text


def test_too_long_input_is_shown_for_copying(browser: Visitor, path: str) -> None:
    long = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(250_000))
    answer = browser.submit(path, {"note": long}, meanwhile=browser.sign_out)
    assert answer.status_code == 401
    assert long in answer.text
    assert SIGN_IN.split("'")[1] in answer.text
