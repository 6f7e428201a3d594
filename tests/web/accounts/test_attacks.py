"""Attacks on sign-in reveal and change nothing."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import ada_url
import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from config.settings import Settings
from marketplace.accounts.models import User
from marketplace.accounts.services.people import create_user
from marketplace.app import create_app
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from tests.support.databases import close
from tests.support.factories import START
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

PASSWORD = "correct horse battery staple"
SIGN_UP = {"name": "Amara Okafor", "part": "freelancer", "email": "new@example.com", "password": PASSWORD}


@pytest.fixture
def amara(app: Flask) -> str:
    """A confirmed person's address; una@example.com exists too, unconfirmed."""
    with app.app_context():
        create_user("amara@example.com", PASSWORD, "Amara Okafor", ["freelancer"], START, confirmed=True)
        create_user("una@example.com", PASSWORD, "Una Waits", ["client"], START)
        db.session.commit()
    return "amara@example.com"


def without_secrets(answer: TestResponse, email: str) -> tuple[int, str, str]:
    """(status, path, page) without tokens that differ in every answer."""
    page = re.sub(r'(name="csrf_token"[^>]*value|value)="[^"]*"', "", answer.text)
    return answer.status_code, answer.request.path, page.replace(email, "X")


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("/signup", SIGN_UP),
        ("/signup", SIGN_UP | {"password": "too short"}),
        ("/signup", SIGN_UP | {"part": None}),
        ("/signin", {"password": "something else entirely"}),
        ("/signin", {"password": ""}),
        ("/reset", {}),
        ("/confirm", {}),
    ],
)
def test_answers_are_alike_for_known_unconfirmed_and_unknown_addresses(
    visitor: Callable[[], Visitor], amara: str, page: str, fields: dict[str, str]
) -> None:
    answers = {
        without_secrets(visitor().submit(page, fields | {"email": email}, follow=True), email)
        for email in (amara, "una@example.com", "nobody@example.com")
    }
    assert len(answers) == 1


def test_right_password_of_unconfirmed_account_reveals_nothing(visitor: Callable[[], Visitor], amara: str) -> None:
    right = visitor().submit("/signin", {"email": "una@example.com", "password": PASSWORD})
    wrong = visitor().submit("/signin", {"email": "una@example.com", "password": "something else entirely"})
    assert without_secrets(right, "una") == without_secrets(wrong, "una")


def test_changing_to_a_taken_address_looks_like_changing_to_a_free_one(
    app: Flask, visitor: Callable[[], Visitor], amara: str
) -> None:
    browser = visitor()
    browser.submit("/signin", {"email": amara, "password": PASSWORD})
    answers = {
        without_secrets(browser.submit("/account/email", {"email": email}, follow=True), email)
        for email in ("una@example.com", "nobody@example.com")
    }
    assert [(status, path) for status, path, _ in answers] == [(200, "/account/email")]
    with app.app_context():
        assert db.session.scalars(select(OutgoingMail.to)).all() == ["nobody@example.com"]


def test_json_requests_get_no_token(visitor: Callable[[], Visitor], amara: str) -> None:
    browser = visitor()
    answer = browser.http.post(
        "/signin?include_auth_token",
        json={"email": amara, "password": PASSWORD},
        headers={"X-CSRFToken": browser.csrf_token(), "Accept": "application/json"},
    )
    assert answer.status_code == 415
    assert "token" not in answer.text.replace("csrf_token", "")
    assert browser.get("/signin", headers={"Accept": "application/json"}).mimetype == "text/html"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "http:evil.example",
        "https:///evil.example",
        "http://localhost@evil.example/",
        "http://localhost\\@evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/%09/evil.example",
        "/%5cevil.example",
    ],
)
def test_sign_in_never_redirects_to_another_site(visitor: Callable[[], Visitor], amara: str, target: str) -> None:
    browser = visitor()
    fields = {"csrf_token": browser.csrf_token(), "email": amara, "password": PASSWORD, "next": target}
    answer = browser.http.post("/signin", query_string={"next": target}, data=fields)
    goes_to = ada_url.URL(answer.headers.get("Location", ""), base="http://localhost/signin")  # as a browser parses it
    assert (goes_to.protocol, goes_to.host) == ("http:", "localhost")


def test_sign_in_returns_to_the_requested_page(visitor: Callable[[], Visitor], amara: str) -> None:
    browser = visitor()
    asked = browser.get("/account/profile?from=mail").location
    answer = browser.submit(asked, {"email": amara, "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/account/profile?from=mail")


def test_two_simultaneous_sign_ups_create_one_account(app: Flask, visitor: Callable[[], Visitor]) -> None:
    browsers = [visitor(), visitor()]
    forms = [SIGN_UP | {"csrf_token": browser.csrf_token()} for browser in browsers]
    start, answers = threading.Barrier(2), []

    def sign_up(browser: Visitor, fields: dict[str, str]) -> None:
        start.wait()
        answers.append(browser.http.post("/signup", data=fields))

    threads = [threading.Thread(target=sign_up, args=pair) for pair in zip(browsers, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/signup/sent")] * 2
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_name_has_no_line_breaks_or_invisible_characters(app: Flask, visitor: Callable[[], Visitor]) -> None:
    visitor().submit("/signup", SIGN_UP | {"name": "Amara\r\nBcc: x@example.com \u202eevil\u200b"})
    with app.app_context():
        assert db.session.scalars(select(User.name)).one() == "Amara Bcc: x@example.com evil"
    answer = visitor().submit("/signup", SIGN_UP | {"name": "\u200b\u200d", "email": "other@example.com"})
    assert answer.status_code == 422
    assert "Enter the name that others will see." in answer.text


def test_mailed_links_ignore_the_host_header(settings: Settings, clock: FixedClock) -> None:
    production = {
        "environment": "production",
        "base_url": "https://prebuilt.example",
        "smtp_host": "mail.prebuilt.example",
        "rate_limits": True,
    }
    app = create_app(settings.model_copy(update=production), clock)
    app.testing = True
    answer = app.test_client().get("/reset", base_url="https://evil.example")
    close(app)
    assert answer.status_code == 400
