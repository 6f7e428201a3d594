"""Sessions live on the server: once ended there, every copy of the cookie is invalid."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from marketplace.accounts.models import ADMIN, OpenSession, User
from marketplace.accounts.services.people import create_user, role_named
from marketplace.accounts.services.sessions import forget_sessions
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from tests.support.factories import START
from tests.support.queries import counted_queries
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

AMARA, ADA = "amara@example.com", "ada@example.com"
PASSWORD, NEW_PASSWORD = "correct horse battery staple", "another quite long phrase"


@pytest.fixture(autouse=True)
def people(app: Flask) -> None:
    with app.app_context():
        create_user(AMARA, PASSWORD, "Amara Okafor", ["freelancer"], START, confirmed=True)
        create_user(ADA, PASSWORD, "Ada Admin", ["client", ADMIN], START, confirmed=True)
        db.session.commit()


def sign_in(browser: Visitor, email: str = AMARA, **fields: str) -> Visitor:
    assert browser.submit("/signin", {"email": email, "password": PASSWORD, **fields}).location == "/me"
    return browser


def copy_of(browser: Visitor) -> Visitor:
    """Another browser with the same cookies, as a thief has them."""
    thief = Visitor(browser.app)
    cookie = browser.http.get_cookie("session")
    assert cookie
    thief.http.set_cookie("session", cookie.value)
    return thief


def is_in(browser: Visitor) -> bool:
    return browser.get("/me").status_code == 200


def sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(OpenSession)) or 0


def newest_link(app: Flask) -> str:
    with app.app_context():
        mail = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
        found = re.search(r"https?://[^/\s]+(/\S+)", mail.text if mail else "")
        assert found
        return found[1]


@pytest.mark.parametrize("sent_in", ["header", "query"])
def test_token_without_session_is_rejected(app: Flask, visitor: Callable[[], Visitor], sent_in: str) -> None:
    with app.app_context():
        token = db.session.scalars(select(User).where(User.email == AMARA)).one().get_auth_token()
    told = (
        {"headers": {"Authentication-Token": token}} if sent_in == "header" else {"query_string": {"auth_token": token}}
    )
    assert visitor().get("/me", **told).status_code == 303


@pytest.mark.parametrize("remember", [{}, {"remember": "y"}], ids=["session", "remembered"])
def test_copied_cookie_is_invalid_after_signing_out(
    app: Flask, visitor: Callable[[], Visitor], remember: dict[str, str]
) -> None:
    browser = sign_in(visitor(), **remember)
    thief = copy_of(browser)
    assert is_in(thief)
    browser.submit("/me", form="header form")
    assert not is_in(browser)
    assert not is_in(thief)
    assert sessions(app) == 0


def test_signing_out_on_one_device_keeps_the_others(visitor: Callable[[], Visitor]) -> None:
    phone, laptop = sign_in(visitor()), sign_in(visitor())
    phone.submit("/me", form="header form")
    assert (is_in(phone), is_in(laptop)) == (False, True)


@pytest.mark.parametrize(
    ("email", "idle", "still_in"),
    [
        (AMARA, timedelta(days=14) - timedelta(seconds=1), True),
        (AMARA, timedelta(days=14), False),
        (ADA, timedelta(minutes=30) - timedelta(seconds=1), True),
        (ADA, timedelta(minutes=30), False),
    ],
)
def test_unused_session_expires(
    visitor: Callable[[], Visitor], clock: FixedClock, email: str, idle: timedelta, still_in: bool
) -> None:
    browser = sign_in(visitor(), email, remember="y")
    clock.moment += idle
    assert is_in(browser) == still_in


@pytest.mark.parametrize(("email", "pause"), [(AMARA, timedelta(days=13)), (ADA, timedelta(minutes=29))])
def test_use_keeps_a_session_alive(
    visitor: Callable[[], Visitor], clock: FixedClock, email: str, pause: timedelta
) -> None:
    browser = sign_in(visitor(), email)
    for _ in range(2):
        clock.moment += pause
        assert is_in(browser)


def test_polling_of_an_open_page_does_not_extend_a_session(visitor: Callable[[], Visitor], clock: FixedClock) -> None:
    browser = sign_in(visitor(), ADA)
    clock.moment += timedelta(minutes=20)
    assert browser.get("/inbox/unread", headers={"X-Fragment": "1"}).status_code == 200
    clock.moment += timedelta(minutes=20)
    assert not is_in(browser)


def test_session_expires_after_31_days(visitor: Callable[[], Visitor], clock: FixedClock) -> None:
    browser = sign_in(visitor(), remember="y")
    for _ in range(30):
        clock.moment += timedelta(days=1)
        assert is_in(browser)
    clock.moment += timedelta(days=1)
    assert not is_in(browser)


def test_new_admin_gets_the_short_limit_at_once(app: Flask, visitor: Callable[[], Visitor], clock: FixedClock) -> None:
    browser = sign_in(visitor())
    with app.app_context():
        amara = db.session.scalars(select(User).where(User.email == AMARA)).one()
        amara.roles.append(role_named(ADMIN))
        db.session.commit()
    clock.moment += timedelta(minutes=30)
    assert not is_in(browser)


def test_new_password_ends_other_sessions(app: Flask, visitor: Callable[[], Visitor]) -> None:
    mine, other = sign_in(visitor()), sign_in(visitor())
    stale = copy_of(mine)
    fields = {"password": PASSWORD, "new_password": NEW_PASSWORD, "new_password_confirm": NEW_PASSWORD}
    assert mine.submit("/account/password", fields).status_code == 303
    assert (is_in(mine), is_in(other), is_in(stale)) == (True, False, False)
    assert sessions(app) == 1


def test_new_address_ends_other_sessions(app: Flask, visitor: Callable[[], Visitor]) -> None:
    mine, other = sign_in(visitor()), sign_in(visitor())
    mine.submit("/account/email", {"email": "studio@example.com"})
    mine.get(newest_link(app))
    with app.app_context():
        assert db.session.scalar(select(User.id).where(User.email == "studio@example.com"))
    assert (is_in(mine), is_in(other)) == (True, False)


def test_password_reset_by_mail_ends_every_session(app: Flask, visitor: Callable[[], Visitor]) -> None:
    other = sign_in(visitor())
    owner = visitor()
    owner.submit("/reset", {"email": AMARA})
    owner.submit(newest_link(app), {"password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD})
    assert not is_in(other)
    assert sessions(app) == 0


def test_signing_out_everywhere_leaves_no_row(app: Flask, visitor: Callable[[], Visitor]) -> None:
    phone, laptop = sign_in(visitor()), sign_in(visitor(), remember="y")
    phone.submit("/account/signout")
    assert (is_in(phone), is_in(laptop), sessions(app)) == (False, False, 0)


def test_signing_in_again_leaves_one_session(app: Flask, visitor: Callable[[], Visitor], clock: FixedClock) -> None:
    browser = sign_in(visitor(), ADA)
    clock.moment += timedelta(hours=1)
    sign_in(browser, ADA)
    assert sessions(app) == 1


def cookie_set_by(answer: TestResponse, name: str) -> str:
    return next((line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")), "")


def test_cookie_outlives_the_browser_only_if_remembered(visitor: Callable[[], Visitor]) -> None:
    fields = {"email": AMARA, "password": PASSWORD}
    assert "Expires" not in cookie_set_by(visitor().submit("/signin", fields), "session")
    assert "Expires" in cookie_set_by(visitor().submit("/signin", {**fields, "remember": "y"}), "session")


def test_no_other_cookie_signs_in(visitor: Callable[[], Visitor]) -> None:
    browser = sign_in(visitor(), remember="y")
    browser.http.delete_cookie("session")
    assert not is_in(browser)
    browser.http.set_cookie("remember_token", "left by an earlier version")
    assert "Expires=Thu, 01 Jan 1970" in cookie_set_by(browser.get("/"), "remember_token")


def test_page_reads_the_session_once_and_writes_it_rarely(visitor: Callable[[], Visitor], clock: FixedClock) -> None:
    browser = sign_in(visitor())
    browser.get("/me")

    def writes() -> tuple[int, int]:
        with counted_queries() as statements:
            browser.get("/me")
        asked = [one for one in statements if "FROM open_sessions" in one]
        return len(asked), sum(one.lstrip().upper().startswith("UPDATE OPEN_SESSIONS") for one in statements)

    assert writes() == (1, 0)
    clock.moment += timedelta(minutes=1, seconds=59)
    assert writes() == (1, 0)
    clock.moment += timedelta(seconds=1)
    assert writes() == (1, 1)
    assert writes() == (1, 0)


def test_database_holds_no_session_token(app: Flask, visitor: Callable[[], Visitor]) -> None:
    browser = sign_in(visitor())
    with browser.http.session_transaction() as session:
        token = session["sid"]
    with app.app_context():
        digest = db.session.scalars(select(OpenSession.digest)).one()
    assert token not in digest
    assert len(digest) == 64


def test_expired_sessions_are_deleted(app: Flask, visitor: Callable[[], Visitor], clock: FixedClock) -> None:
    sign_in(visitor())
    clock.moment += timedelta(days=10)
    sign_in(visitor())
    with app.app_context():
        assert forget_sessions(clock.now()) == 0
        assert forget_sessions(clock.now() + timedelta(days=4)) == 1
        db.session.commit()
    assert sessions(app) == 1
