"""The owner of the old address can restore the account: once, within a week, signed in or not, never by GET."""

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
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from tests.support.factories import START, make_user
from tests.support.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.both_engines

OLD, NEW, THIRD = "amara@example.com", "thief@example.com", "second@example.com"


@pytest.fixture
def thief(app: Flask, visitor: Callable[[], Visitor]) -> Visitor:
    """Somebody who signed in with Amara's stolen password."""
    with app.app_context():
        create_user(OLD, PASSWORD, "Amara Okafor", ["freelancer"], START, confirmed=True)
        db.session.commit()
    browser = visitor()
    assert browser.submit("/signin", {"email": OLD, "password": PASSWORD}).location == "/me"
    return browser


def change(app: Flask, browser: Visitor, address: str) -> str:
    """Change the address; return the path of the link mailed to the previous address."""
    assert browser.submit("/account/email", {"email": address}).status_code == 303
    assert browser.get(link(app, address)).status_code == 302
    with app.app_context():
        newest = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
        assert newest is not None
        assert newest.subject == "Your e-mail address was changed"
        return path_in(newest.text)


def link(app: Flask, to: str) -> str:
    with app.app_context():
        newest = db.session.scalars(
            select(OutgoingMail).where(OutgoingMail.to == to).order_by(OutgoingMail.id.desc())
        ).first()
        assert newest is not None
        return path_in(newest.text)


def path_in(text: str) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found is not None
    return found[1]


def person(app: Flask) -> Any:
    with app.app_context():
        return db.session.scalars(select(User).where(User.name == "Amara Okafor")).one()


def test_old_address_restores_the_account_signed_out(
    app: Flask, visitor: Callable[[], Visitor], thief: Visitor
) -> None:
    undo, owner = change(app, thief, NEW), visitor()
    assert person(app).email == NEW
    assert "Everybody who is signed in to it is signed out" in owner.page(undo).text()
    assert person(app).email == NEW  # viewing changes nothing
    answer = owner.submit(undo, follow=True)
    assert "has the address amara@example.com again" in answer.text
    assert person(app).email == OLD
    assert thief.get("/me").status_code == 303
    assert visitor().submit("/signin", {"email": OLD, "password": PASSWORD}).status_code == 422
    owner.submit("/reset", {"email": OLD})
    new = "seven blue ferries leave before breakfast"
    owner.submit(link(app, OLD), {"password": new, "password_confirm": new})
    assert visitor().submit("/signin", {"email": OLD, "password": new}).location == "/me"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("kind", "works"), [("good", True), ("a week old", False), ("used", False), ("forged", False)])
def test_link_works_once_and_for_a_week(
    app: Flask,
    clock: FixedClock,
    visitor: Callable[[], Visitor],
    thief: Visitor,
    method: str,
    kind: str,
    works: bool,
) -> None:
    undo, owner = change(app, thief, NEW), visitor()
    if kind == "used":
        owner.submit(undo)
    clock.moment += timedelta(days=7) if kind == "a week old" else timedelta(days=7, seconds=-1)
    undo = undo + "x" if kind == "forged" else undo
    answer = owner.get(undo) if method == "GET" else owner.post(undo)
    assert answer.status_code == ((200 if method == "GET" else 303) if works else 404)


def test_first_address_wins_over_later_changes(app: Flask, visitor: Callable[[], Visitor], thief: Visitor) -> None:
    first = change(app, thief, NEW)
    if thief.get("/me").status_code == 303:  # other sessions end with the address
        thief.submit("/signin", {"email": NEW, "password": PASSWORD})
    second = change(app, thief, THIRD)
    assert visitor().submit(first).status_code == 303
    assert person(app).email == OLD
    assert visitor().get(second).status_code == 404
    assert person(app).email == OLD


def test_address_that_another_account_confirmed_is_not_taken_back(
    app: Flask, visitor: Callable[[], Visitor], thief: Visitor
) -> None:
    undo = change(app, thief, NEW)
    with app.app_context():
        make_user("client", email=OLD)
    assert visitor().submit(undo).status_code == 409
    assert person(app).email == NEW
    assert visitor().get(undo).status_code == 200  # the link was not used up


def test_unconfirmed_sign_up_does_not_keep_the_address(
    app: Flask, visitor: Callable[[], Visitor], thief: Visitor
) -> None:
    undo = change(app, thief, NEW)
    fields = {"part": "client", "name": "Mallory", "email": OLD, "password": "nine grey herons beside the canal"}
    assert visitor().submit("/signup", fields).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(User).where(User.email == OLD)).one().confirmed_at is None
    assert visitor().submit(undo).status_code == 303
    assert person(app).email == OLD


def test_link_for_a_later_change_is_void_afterwards(app: Flask, visitor: Callable[[], Visitor], thief: Visitor) -> None:
    undo = change(app, thief, NEW)
    if thief.get("/me").status_code == 303:
        thief.submit("/signin", {"email": NEW, "password": PASSWORD})
    thief.submit("/account/email", {"email": THIRD})
    pending = link(app, THIRD)
    visitor().submit(undo)
    visitor().get(pending)
    assert person(app).email == OLD
