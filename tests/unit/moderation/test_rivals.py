"""Fifty concurrent removals between two admins leave one admin."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.accounts.queries import admins_in_good_standing
from marketplace.core.database import db
from marketplace.moderation.admins import change_admin
from tests.support.factories import START, make_user
from tests.support.race import app, race

pytestmark = pytest.mark.both_engines

__all__ = ["app"]


def test_two_admins_who_remove_each_other_leave_one_admin(app: Flask) -> None:
    with app.app_context():
        one, two = make_user("admin").id, make_user("admin").id
        db.session.commit()

    def remove(actor: int, person: int) -> None:
        by, of = db.session.get_one(User, actor), db.session.get_one(User, person)
        change_admin(by, of, to=False, reason="Left us.", now=START)

    race(app, lambda _: remove(one, two), lambda _: remove(two, one))
    with app.app_context():
        assert admins_in_good_standing() == 1
