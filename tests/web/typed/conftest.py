"""Wanda at her placed bid's form, with a known password."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from flask_security.utils import hash_password
from selectolax.lexbor import LexborHTMLParser
from werkzeug.test import TestResponse

from marketplace.accounts.models import User
from marketplace.core.database import db
from tests.support.visitor import Visitor
from tests.web.bids.conftest import Fair
from tests.web.disputes.conftest import case, deal, offer
from tests.web.reviews.conftest import done

__all__ = ["case", "deal", "done", "offer"]

PASSWORD = "correct horse battery staple"
SIGN_IN = "main form[action='/signin']"
CARRY_ON = "main form[data-go]"


@dataclass
class People:
    """The fair's people, all with one password."""

    app: Flask
    fair: Fair

    def sign_in(self, browser: Visitor, page: TestResponse, who: str, password: str = PASSWORD) -> TestResponse:
        """Fill in the sign-in form of this page."""
        return browser.send(page, "/signin", {"email": self.email(who), "password": password}, form=SIGN_IN)

    def email(self, who: str) -> str:
        with self.app.app_context():
            return db.session.get_one(User, self.fair.people[who]).email


@pytest.fixture
def people(app: Flask, fair: Fair) -> People:
    with app.app_context():
        hashed = hash_password(PASSWORD)
        for person in fair.people.values():
            db.session.get_one(User, person).password = hashed
        db.session.commit()
    return People(app, fair)


def carry_on(browser: Visitor, page: TestResponse) -> TestResponse:
    """Press the button that leads back to the form; scripts do so by themselves."""
    return browser.send(page, "/signin", form=CARRY_ON)


def put_back(browser: Visitor, refused: TestResponse, path: str) -> TestResponse:
    """The form's page after the refusal's seal is posted to it, as by its button or the sign-in page."""
    fields = {"kept": text_in(refused, "kept"), "csrf_token": browser.csrf_token()}
    return browser.http.post(path, data=fields, headers=browser.sent_from("/signin"))


def text_in(page: TestResponse, name: str) -> str:
    """The value of the page's field with this name."""
    node = LexborHTMLParser(page.text).css_first(f"main form [name='{name}']")
    assert node is not None, f"no field {name!r}:\n{page.text[:3000]}"
    return node.text() if node.tag == "textarea" else node.attributes.get("value") or ""
