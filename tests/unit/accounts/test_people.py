"""Joining: one account per address in any spelling; each role is created once."""

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


def test_new_person_has_slug_profile_and_roles(app: Flask) -> None:
    with app.app_context():
        user = create_user("Amara@Example.com", PASSWORD, "Amara Okafor", ["client", "freelancer"], START)
        assert user.email == "amara@example.com"
        assert user.slug.startswith("amara-okafor-")
        assert (user.is_client, user.is_freelancer, user.is_admin) == (True, True, False)
        assert (user.profile.skills, user.created_at, user.confirmed_at) == ([], START, None)
        assert user.password.startswith("$argon2id$")


def test_address_is_case_insensitive(app: Flask) -> None:
    with app.app_context():
        create_user("amara@example.com", PASSWORD, "Amara", ["client"], START)
        with pytest.raises(Conflict, match="an account for AMARA"):
            create_user("AMARA@example.com", PASSWORD, "Amara", ["client"], START)


def test_changing_roles_keeps_admin(app: Flask) -> None:
    with app.app_context():
        user = make_user("client", "admin")
        change_settings(user, "New Name", ["freelancer"])
        assert {role.name for role in user.roles} == {"freelancer", "admin"}
        assert user.name == "New Name"


def test_role_first_used_twice_at_once_is_created_once(app: Flask) -> None:
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
