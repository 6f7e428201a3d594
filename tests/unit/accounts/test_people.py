"""Joining: one account an address, whatever its spelling; roles are made at their first use, once."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.models import Role, User
from marketplace.accounts.services.people import change_settings, create_user, role_named
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from tests.support.factories import START, make_user

pytestmark = pytest.mark.both_engines

PASSWORD = "correct horse battery staple"


def test_a_new_person_has_a_slug_a_profile_and_their_roles(app: Flask) -> None:
    with app.app_context():
        user = create_user("Amara@Example.com", PASSWORD, "Amara Okafor", ["client", "freelancer"], START)
        assert user.email == "amara@example.com"
        assert user.slug.startswith("amara-okafor-")
        assert (user.is_client, user.is_freelancer, user.is_admin) == (True, True, False)
        assert (user.profile.skills, user.created_at, user.confirmed_at) == ([], START, None)
        assert user.password.startswith("$argon2id$")


def test_an_address_in_other_letters_is_the_same_address(app: Flask) -> None:
    with app.app_context():
        create_user("amara@example.com", PASSWORD, "Amara", ["client"], START)
        with pytest.raises(Conflict, match="an account for AMARA"):
            create_user("AMARA@example.com", PASSWORD, "Amara", ["client"], START)


def test_changing_roles_keeps_an_admin_an_admin(app: Flask) -> None:
    with app.app_context():
        user = make_user("client", "admin")
        change_settings(user, "New Name", ["freelancer"])
        assert {role.name for role in user.roles} == {"freelancer", "admin"}
        assert user.name == "New Name"


def test_a_role_first_used_by_two_at_once_is_one_role(app: Flask) -> None:
    start, ids = threading.Barrier(2), []

    def use() -> None:
        with app.app_context():
            start.wait()
            ids.append(role_named("client").id)
            db.session.commit()

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Role)) == 1
        assert len(set(ids)) == 1
        assert db.session.scalars(select(User)).all() == []
