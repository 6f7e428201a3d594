"""Signals are recorded at sign-in but not when browsing; linked accounts can't write testimonials for each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask_security.utils import hash_password
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select

from marketplace.accounts import models as accounts
from marketplace.accounts.models import AccountSignal, User
from marketplace.accounts.services.signals import know_pair
from marketplace.core.database import db
from tests.support.factories import START, make_user
from tests.support.queries import counted_queries
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

PASSWORD = "correct horse battery staple"
WORDS = {"author_name": "Bo Berg", "text": "Built our booking page in a week, and it has not gone down since."}


@pytest.fixture
def people(app: Flask) -> dict[str, str]:
    """A freelancer with an open invitation, two others: name -> address; "link" is the invitation's path."""
    with app.app_context():
        found = {}
        for name, role in (("owner", "freelancer"), ("client", "client"), ("admin", "admin")):
            found[name] = make_user(role, name=name.title(), password=hash_password(PASSWORD)).email
        owner = person(found["owner"])
        words = accounts.Testimonial(user_id=owner.id, invited_email="c@example.com", invited_at=START)
        db.session.add(words)
        db.session.commit()
        found["link"] = f"/testimonials/{URLSafeSerializer(str(app.secret_key), salt='testimonial').dumps(words.id)}"
        return found


def person(email: str) -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def sign_in(browser: Visitor, email: str) -> None:
    assert browser.submit("/signin", {"email": email, "password": PASSWORD}).status_code == 303


def sign_out(browser: Visitor) -> None:
    browser.post("/signout")


def signals() -> int:
    return db.session.scalar(select(func.count()).select_from(AccountSignal)) or 0


def test_sign_in_records_device_and_address_and_sets_http_only_cookie(
    app: Flask, visitor: Callable[[], Visitor], people: dict[str, str]
) -> None:
    browser = visitor()
    answer = browser.submit("/signin", {"email": people["client"], "password": PASSWORD})
    (cookie,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("device=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=31536000" in cookie
    with app.app_context():
        kinds = db.session.scalars(select(AccountSignal.kind).order_by(AccountSignal.kind)).all()
        assert kinds == ["address", "device"]
        assert not db.session.scalar(select(AccountSignal).where(AccountSignal.digest.contains("127.0")))


def test_browsing_and_wrong_password_record_nothing(
    app: Flask, visitor: Callable[[], Visitor], people: dict[str, str]
) -> None:
    browser = visitor()
    for path in ("/", "/jobs", "/signin", people["link"]):
        assert "device=" not in str(browser.get(path).headers)
    browser.submit("/signin", {"email": people["client"], "password": "wrong wrong wrong"})
    with app.app_context():
        assert signals() == 0
        client_id = person(people["client"]).id
    browser.as_user(client_id)
    with counted_queries() as statements:
        browser.get("/me")
    assert not [statement for statement in statements if "account_signals" in statement]


def test_browser_keeps_its_number_and_forged_one_is_replaced(
    app: Flask, visitor: Callable[[], Visitor], people: dict[str, str]
) -> None:
    browser = visitor()
    browser.http.set_cookie("device", "'; DROP TABLE users; --")
    sign_in(browser, people["client"])
    cookie = browser.http.get_cookie("device")
    assert cookie is not None
    assert len(cookie.value) == 22
    sign_out(browser)
    sign_in(browser, people["owner"])
    again = browser.http.get_cookie("device")
    assert again is not None
    assert again.value == cookie.value
    with app.app_context():
        devices = db.session.scalars(select(AccountSignal.digest).where(AccountSignal.kind == "device")).all()
        assert len(devices) == 2
        assert len(set(devices)) == 1


def test_user_of_the_same_browser_can_not_praise_and_is_told_why(
    app: Flask, visitor: Callable[[], Visitor], people: dict[str, str]
) -> None:
    browser = visitor()
    for email in (people["owner"], people["client"]):
        sign_in(browser, email)
        if email == people["owner"]:
            sign_out(browser)
    answer = browser.get(people["link"])
    assert answer.status_code == 403
    assert "the same browser signed in to both" in answer.text
    assert "/account/linked/owner-" in answer.text
    refused = browser.post(people["link"], WORDS)
    assert refused.status_code == 422
    assert WORDS["text"] in refused.text
    with app.app_context():
        know_pair(person(people["admin"]), person(people["owner"]).id, person(people["client"]).id, "Partners.", START)
        db.session.commit()
    assert browser.submit(people["link"], WORDS).status_code == 303


def test_owners_browser_can_not_praise_the_owner_when_signed_out(
    visitor: Callable[[], Visitor], people: dict[str, str]
) -> None:
    browser = visitor()
    sign_in(browser, people["owner"])
    sign_out(browser)
    assert "nobody praises themselves" in browser.get(people["link"]).text
    refused = browser.post(people["link"], WORDS)
    assert refused.status_code == 422
    assert WORDS["text"] in refused.text
    assert visitor().submit(people["link"], WORDS).status_code == 303


def test_address_of_linked_account_can_not_be_invited(visitor: Callable[[], Visitor], people: dict[str, str]) -> None:
    browser = visitor()
    sign_in(browser, people["client"])
    sign_out(browser)
    sign_in(browser, people["owner"])
    refused = browser.submit("/account/testimonials", {"email": people["client"]})
    assert refused.status_code == 422
    assert "praise each other" in refused.text
    assert people["client"] in refused.text
    assert browser.submit("/account/testimonials", {"email": people["admin"]}).status_code == 303
