"""Response times don't reveal whether an account exists: the costly steps are the same, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.services.people import create_user
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from tests.support.factories import START
from tests.support.queries import counted_queries
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

PASSWORD = "correct horse battery staple"
KNOWN, UNCONFIRMED, NOBODY = "amara@example.com", "una@example.com", "nobody@example.com"


@pytest.fixture(autouse=True)
def people(app: Flask) -> None:
    with app.app_context():
        create_user(KNOWN, PASSWORD, "Amara Okafor", ["freelancer"], START, confirmed=True)
        create_user(UNCONFIRMED, PASSWORD, "Una Waits", ["client"], START)
        db.session.commit()


@pytest.fixture
def work_of(
    app: Flask, visitor: Callable[[], Visitor], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, dict[str, str]], Counter[str]]:
    """Count the costly steps of answering a form: password hashes, mails written, other writes."""
    counted: Counter[str] = Counter()
    context = app.extensions["security"].pwd_context.context
    for name in ("hash", "verify"):
        original = getattr(context, name)
        monkeypatch.setattr(context, name, lambda *args, original=original: counted.update(argon2=1) or original(*args))

    def work(page: str, fields: dict[str, str]) -> Counter[str]:
        browser = visitor()
        fields = {"csrf_token": browser.csrf_token(), **fields}
        counted.clear()
        with counted_queries() as statements:
            browser.http.post(page, data=fields)
        found = Counter(counted)
        for statement in statements:
            words = statement.split()
            if words[0] in ("INSERT", "UPDATE", "DELETE"):
                found[" ".join(word for word in words[:3] if word not in ("OR", "IGNORE", "SET"))] += 1
        return found

    return work


@pytest.mark.parametrize(
    ("page", "fields"),
    [("/signin", {"password": "a wrong password"}), ("/reset", {}), ("/confirm", {})],
    ids=["sign in", "reset", "confirm"],
)
def test_known_unconfirmed_and_unknown_addresses_cost_the_same_work(
    work_of: Callable[[str, dict[str, str]], Counter[str]], page: str, fields: dict[str, str]
) -> None:
    known, unconfirmed, unknown = (work_of(page, {**fields, "email": one}) for one in (KNOWN, UNCONFIRMED, NOBODY))
    assert known == unconfirmed == unknown
    assert known["argon2"] == (0 if page == "/confirm" else 1)
    assert known["INSERT INTO outgoing_mail"] == (0 if page == "/signin" else 1)


def test_mail_without_account_is_never_sent(app: Flask, visitor: Callable[[], Visitor]) -> None:
    for page, email in (("/reset", NOBODY), ("/reset", UNCONFIRMED), ("/confirm", NOBODY), ("/confirm", KNOWN)):
        visitor().submit(page, {"email": email})
    with app.app_context():
        assert db.session.scalars(select(OutgoingMail.to)).all() == []


def test_sign_up_costs_one_hash_and_one_mail_in_any_case(
    work_of: Callable[[str, dict[str, str]], Counter[str]],
) -> None:
    fields = {"name": "Somebody", "part": "client", "password": "gulls argue over chips"}
    new, taken = (work_of("/signup", {**fields, "email": one}) for one in ("new@example.com", KNOWN))
    assert new["argon2"] == taken["argon2"] == 1
    assert new["INSERT INTO outgoing_mail"] == taken["INSERT INTO outgoing_mail"] == 1
