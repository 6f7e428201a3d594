"""`marketplace admin`: granting is idempotent, and an unknown address is reported in a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from marketplace.accounts.command import admin
from marketplace.core.database import db
from tests.support.factories import make_user

pytestmark = pytest.mark.both_engines


@pytest.fixture
def run(app: Flask) -> Any:
    """Run `marketplace admin …` on the test's database."""
    with app.app_context():
        make_user("client", email="amara@example.com", name="Amara Okafor")

    def run(*words: str) -> Result:
        return app.test_cli_runner().invoke(admin, words)

    return run


def test_granting_and_revoking_are_idempotent(run: Any) -> None:
    for _ in range(2):
        assert run("grant", "Amara@Example.com").output == "amara@example.com is an admin.\n"
        assert run("list").output == "amara@example.com  Amara Okafor\n"
    for _ in range(2):
        assert run("revoke", "amara@example.com").output == "amara@example.com is no admin.\n"
        assert run("list").output == ""


def test_other_roles_are_kept(app: Flask, run: Any) -> None:
    run("grant", "amara@example.com")
    run("revoke", "amara@example.com")
    with app.app_context():
        person = db.session.execute(db.text("SELECT count(*) FROM user_roles")).scalar()
        assert person == 1


def test_unknown_address_is_named(run: Any) -> None:
    for act in ("grant", "revoke"):
        result = run(act, "nobody@example.com")
        assert result.exit_code == 1
        assert result.output == "Error: Nobody signed up with nobody@example.com. They sign up on the site first.\n"
