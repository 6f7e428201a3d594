"""Signing up, in and out: nobody can find out who has an account, or be redirected to another site."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.services.people import create_user
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from tests.support.factories import START
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

PASSWORD = "correct horse battery staple"
SIGN_UP = {"name": "Amara Okafor", "part": "freelancer", "email": "amara@example.com", "password": PASSWORD}


@pytest.fixture
def amara(app: Flask) -> str:
    with app.app_context():
        create_user("amara@example.com", PASSWORD, "Amara Okafor", ["freelancer"], START, confirmed=True)
        db.session.commit()
    return "amara@example.com"


def mails(app: Flask) -> list[OutgoingMail]:
    with app.app_context():
        return list(db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def link_in(mail: OutgoingMail) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", mail.text)
    assert found, mail.text
    return found[1]


def test_newcomer_signs_up_confirms_and_signs_in(app: Flask, visitor: Callable[[], Visitor]) -> None:
    browser = visitor()
    assert browser.submit("/signup", SIGN_UP).headers["Location"].endswith("/signup/sent")
    assert browser.submit("/signin", {"email": SIGN_UP["email"], "password": PASSWORD}).status_code == 422
    browser.get(link_in(mails(app)[0]))
    assert browser.submit("/signin", {"email": SIGN_UP["email"], "password": PASSWORD}).location == "/me"
    assert "Hello, Amara Okafor" in browser.get("/me").text
    with app.app_context():
        person = db.session.scalars(select(User)).one()
        assert person.is_freelancer
        assert not person.is_client
        assert person.password.startswith("$argon2id$")


def test_both_roles_can_be_chosen_at_once(app: Flask, visitor: Callable[[], Visitor]) -> None:
    visitor().submit("/signup", SIGN_UP | {"part": "both"})
    with app.app_context():
        person = db.session.scalars(select(User)).one()
        assert {role.name for role in person.roles} == {"client", "freelancer"}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"password": "too short"}, "15 characters"),
        ({"password": "passwordpassword"}, "easy to guess"),
        ({"email": "not an address"}, "mail"),
        ({"name": ""}, "Enter the name that others will see."),
        ({"part": None}, "Choose what brings you here."),
    ],
)
def test_invalid_sign_up_explains_errors_and_keeps_input(
    visitor: Callable[[], Visitor], changes: dict[str, str], complaint: str
) -> None:
    answer = visitor().submit("/signup", SIGN_UP | changes)
    assert answer.status_code == 422
    assert complaint in answer.text
    if "name" not in changes:
        assert 'value="Amara Okafor"' in answer.text


def test_errors_of_empty_sign_up_follow_the_order_of_the_page(visitor: Callable[[], Visitor]) -> None:
    answer = visitor().submit("/signup")
    links = LexborHTMLParser(answer.text).css(".error-summary a")
    assert [link.attributes["href"].removesuffix("-0") for link in links] == ["#part", "#name", "#email", "#password"]


def test_signing_up_twice_looks_the_same_but_the_mail_differs(
    app: Flask, visitor: Callable[[], Visitor], amara: str
) -> None:
    new = visitor().submit("/signup", SIGN_UP | {"email": "somebody@example.com"}, follow=True)
    taken = visitor().submit("/signup", SIGN_UP | {"email": amara}, follow=True)
    assert (new.status_code, new.request.path) == (taken.status_code, taken.request.path)
    assert _without_tokens(new.text) == _without_tokens(taken.text)
    assert "You have an account already" in mails(app)[-1].text


@pytest.mark.parametrize("page", ["/reset", "/confirm"])
def test_requesting_a_link_does_not_reveal_whether_the_address_is_known(
    visitor: Callable[[], Visitor], amara: str, page: str
) -> None:
    known = visitor().submit(page, {"email": amara}, follow=True)
    unknown = visitor().submit(page, {"email": "nobody@example.com"}, follow=True)
    assert known.status_code == unknown.status_code
    assert _without_tokens(known.text).replace(amara, "X") == _without_tokens(unknown.text).replace(
        "nobody@example.com", "X"
    )


def test_wrong_password_and_unknown_address_get_the_same_answer(visitor: Callable[[], Visitor], amara: str) -> None:
    wrong = visitor().submit("/signin", {"email": amara, "password": "something else entirely"})
    unknown = visitor().submit("/signin", {"email": "nobody@example.com", "password": "something else entirely"})
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert _without_tokens(wrong.text).replace(amara, "X") == _without_tokens(unknown.text).replace(
        "nobody@example.com", "X"
    )


def test_forgotten_password_is_reset_by_mailed_link(app: Flask, visitor: Callable[[], Visitor], amara: str) -> None:
    browser = visitor()
    browser.submit("/reset", {"email": amara})
    answer = browser.submit(
        link_in(mails(app)[-1]),
        {"password": "another quite long phrase", "password_confirm": "another quite long phrase"},
    )
    assert answer.location == "/signin"
    assert browser.submit("/signin", {"email": amara, "password": PASSWORD}).status_code == 422
    assert browser.submit("/signin", {"email": amara, "password": "another quite long phrase"}).location == "/me"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_never_leads_to_another_site(visitor: Callable[[], Visitor], amara: str, target: str) -> None:
    answer = visitor().http.post("/signin", data={}, query_string={"next": target})
    assert "evil" not in answer.headers.get("Location", "")
    browser = visitor()
    token = browser.csrf_token()
    answer = browser.http.post(
        "/signin",
        query_string={"next": target},
        data={"csrf_token": token, "email": amara, "password": PASSWORD, "next": target},
    )
    location = answer.headers.get("Location", "")
    assert location == "" or re.match(r"/(?![/\\])", location)


def test_signing_out_requires_post(visitor: Callable[[], Visitor], amara: str) -> None:
    browser = visitor()
    browser.submit("/signin", {"email": amara, "password": PASSWORD})
    assert browser.get("/signout").status_code == 405
    browser.submit("/me", form="header form")
    assert browser.get("/me").status_code == 303


def test_signing_out_everywhere_ends_every_session(app: Flask, visitor: Callable[[], Visitor], amara: str) -> None:
    phone, laptop = visitor(), visitor()
    for browser in (phone, laptop):
        browser.submit("/signin", {"email": amara, "password": PASSWORD, "remember": "y"})
    laptop.submit("/account/signout")
    assert (phone.get("/me").status_code, laptop.get("/me").status_code) == (303, 303)


def test_form_without_csrf_token_is_refused(visitor: Callable[[], Visitor], amara: str) -> None:
    assert visitor().http.post("/signin", data={"email": amara, "password": PASSWORD}).status_code in (400, 422)


def _without_tokens(html: str) -> str:
    return re.sub(r'(name="csrf_token"[^>]*value|value)="[^"]*"', "", html)
