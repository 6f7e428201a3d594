"""Fixtures: a paying client, an earning freelancer, and others without access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.payments.models import Charge
from marketplace.payments.services.charging import start_charge
from tests.support.factories import START, make_user
from tests.support.money import settle_all
from tests.support.stages import Stages
from tests.support.visitor import Visitor


@dataclass
class Till:
    """People by name, and one charge of 1,000 euros from the client to the freelancer."""

    app: Flask
    visitor: Callable[[], Visitor]
    people: dict[str, int]
    token: str

    def as_(self, who: str) -> Visitor:
        browser = self.visitor()
        return browser.as_user(self.people[who]) if who in self.people else browser

    def work(self) -> None:
        """Run the workers."""
        with self.app.app_context():
            settle_all()

    def charge(self) -> Charge:
        return db.session.query(Charge).filter_by(token=self.token).one()

    def pay(self, card: str = "pays") -> None:
        """Pay as the client through the pages with this card."""
        browser = self.as_("client")
        checkout = browser.submit(f"/pay/{self.token}").location
        browser.submit(checkout, {"card": card, "do": "pay"})
        self.work()


@pytest.fixture
def till(app: Flask, visitor: Callable[[], Visitor], stages: Stages) -> Till:
    people, token = stages.reach("till", lambda: _make_till(app))
    return Till(app, visitor, dict(people), token)


def _make_till(app: Flask) -> tuple[dict[str, int], str]:
    with app.app_context():
        people = {
            "client": make_user("client", name="Cleo Client"),
            "fay": make_user("freelancer", name="Fay Freelancer"),
            "other": make_user("client", "freelancer", name="Otto Other"),
            "suspended": make_user("client", "freelancer", name="Sue", suspended_at=START, suspended_reason="Spam"),
            "admin": make_user("admin", name="Ada Admin"),
        }
        charge = start_charge(people["client"], people["fay"], 100_000, "EUR", "Booking site, milestone 1", "m1", START)
        db.session.commit()
        return {name: person.id for name, person in people.items()}, charge.token


def user(people: dict[str, int], name: str) -> User:
    return db.session.get_one(User, people[name])
