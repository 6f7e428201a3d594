"""Changing name, roles, password and e-mail address, and expired links."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.services.people import create_user
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from tests.support.factories import START
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

PASSWORD, NEW = "correct horse battery staple", "another quite long phrase"


@pytest.fixture
def amara(app: Flask, visitor: Callable[[], Visitor]) -> Visitor:
    """Her signed-in browser."""
    with app.app_context():
        create_user("amara@example.com", PASSWORD, "Amara Okafor", ["freelancer"], START, confirmed=True)
        db.session.commit()
    return sign_in(visitor(), "amara@example.com")


def sign_in(browser: Visitor, email: str, password: str = PASSWORD) -> Visitor:
    assert browser.submit("/signin", {"email": email, "password": password}).location == "/me"
    return browser


def person(app: Flask) -> Any:
    with app.app_context():
        return db.session.scalars(select(User)).one()


def newest_mail(app: Flask) -> OutgoingMail:
    with app.app_context():
        return db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()


def link_in(mail: OutgoingMail) -> str:
    return re.search(r"https?://[^/\s]+(/\S+)", mail.text)[1]


def test_name_and_roles_can_be_changed(app: Flask, amara: Visitor) -> None:
    answer = amara.submit("/account", {"name": "Studio Amara", "roles": ["client", "freelancer"]})
    assert (answer.status_code, answer.location) == (303, "/account")
    assert person(app).name == "Studio Amara"
    assert person(app).is_client


@pytest.mark.parametrize("roles", [[], ["admin"], ["client", "admin"]])
def test_admin_role_or_no_role_can_not_be_chosen(app: Flask, amara: Visitor, roles: list[str]) -> None:
    assert amara.submit("/account", {"roles": roles}).status_code == 422
    assert [role.name for role in person(app).roles] == ["freelancer"]


def test_new_password_requires_the_old_one(amara: Visitor) -> None:
    fields = {"password": "a guess", "new_password": NEW, "new_password_confirm": NEW}
    answer = amara.submit("/account/password", fields)
    assert answer.status_code == 422
    assert "That is not your password." in answer.text
    assert "<title>Error: Change your password" in answer.text


def test_new_password_keeps_only_this_browser_signed_in(
    app: Flask, visitor: Callable[[], Visitor], amara: Visitor
) -> None:
    phone = sign_in(visitor(), "amara@example.com")
    fields = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert amara.submit("/account/password", fields).location == "/account"
    assert (amara.get("/me").status_code, phone.get("/me").status_code) == (200, 303)
    assert newest_mail(app).subject == "Your password was changed"
    sign_in(visitor(), "amara@example.com", NEW)


def test_long_passphrase_can_be_chosen_and_used(visitor: Callable[[], Visitor], amara: Visitor) -> None:
    phrase = "seven blue ferries leave before breakfast and come home after the lamps are lit along the quay"
    fields = {"password": PASSWORD, "new_password": phrase, "new_password_confirm": phrase}
    assert amara.submit("/account/password", fields).status_code == 303
    sign_in(visitor(), "amara@example.com", phrase)


def test_new_address_counts_once_confirmed_and_old_one_is_told(
    app: Flask, visitor: Callable[[], Visitor], amara: Visitor
) -> None:
    answer = amara.submit("/account/email", {"email": "Studio@Example.com"}, follow=True)
    assert "A mail with a link is on its way to studio@example.com." in answer.text
    assert person(app).email == "amara@example.com"
    mail = newest_mail(app)
    assert mail.to == "studio@example.com"
    assert visitor().get(link_in(mail)).status_code == 302
    assert person(app).email == "studio@example.com"
    assert (newest_mail(app).to, newest_mail(app).subject) == ("amara@example.com", "Your e-mail address was changed")
    assert visitor().get(link_in(mail)).location == "/account/email"  # once only
    sign_in(visitor(), "studio@example.com")


@pytest.mark.parametrize(
    ("link", "page"),
    [("/confirm/forged", "/confirm"), ("/reset/forged", "/reset")],
)
def test_invalid_link_leads_to_requesting_a_new_one(visitor: Callable[[], Visitor], link: str, page: str) -> None:
    answer = visitor().get(link, follow_redirects=True)
    assert answer.request.path == page
    assert "That link is not valid any more. Ask for a new one." in answer.text


@pytest.mark.parametrize(
    ("page", "option"), [("/reset", "RESET_PASSWORD_WITHIN"), ("/confirm", "CONFIRM_EMAIL_WITHIN")]
)
def test_expired_link_says_so(app: Flask, visitor: Callable[[], Visitor], page: str, option: str) -> None:
    email = "una@example.com" if page == "/confirm" else "amara@example.com"
    with app.app_context():
        create_user(email, PASSWORD, "Una Waits", ["client"], START, confirmed=page == "/reset")
        db.session.commit()
    visitor().submit(page, {"email": email})
    app.config[f"SECURITY_{option}"] = timedelta(seconds=-1)
    answer = visitor().get(link_in(newest_mail(app)), follow_redirects=True)
    assert answer.request.path == page
    assert "That link is too old. Ask for a new one." in answer.text


def test_reset_link_works_once(app: Flask, visitor: Callable[[], Visitor], amara: Visitor) -> None:
    visitor().submit("/reset", {"email": "amara@example.com"})
    link = link_in(newest_mail(app))
    assert visitor().submit(link, {"password": NEW, "password_confirm": NEW}).location == "/signin"
    assert visitor().get(link).location == "/reset"


def test_suspended_people_can_secure_their_account(app: Flask, amara: Visitor) -> None:
    with app.app_context():
        user = db.session.scalars(select(User)).one()
        user.suspended_at, user.suspended_reason = START, "Asked for payment elsewhere"
        db.session.commit()
    page = amara.get("/account").text
    assert "Sign out everywhere" in page
    assert "Save settings" not in page
    fields = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert amara.submit("/account/password", fields).location == "/account"
