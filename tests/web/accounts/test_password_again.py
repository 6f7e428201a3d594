"""The password is asked again for every act that moves money or decides who owns an account; no input is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from tests.support.visitor import PASSWORD, PASSWORD_FORM, Visitor
from tests.web.bids.conftest import Fair

ASKED = {
    # endpoint                  a POST that would be let in where the password is fresh
    "security.change_email": "/account/email",
    "payments.onboard": "/money/payouts/account",
    "payments.ask_for_payout": "/money/payouts",
    "contracts.confirm": "/bids/{wanda}/award",
    "contracts.approve": "/milestones/1/approve",
    "contracts.end": "/contracts/1/end",
    "contracts.decide": "/contracts/1/proposals/1/agree",
    "disputes.propose": "/disputes/1/split",
    "disputes.accept": "/disputes/1/split/1",
    "disputes.withdraw": "/disputes/1/withdraw",
    "disputes.rule": "/admin/disputes/1/rule",
    "moderation.admin": "/admin/admins/nobody/make",
    "moderation.use_weights": "/admin/weights/0",
}
OWN_FIELD = {"security.change_password": "/account/password"}
"""Asks for the password in its own form, however fresh it is."""
FRESH, STALE = timedelta(minutes=10), timedelta(minutes=10, seconds=1)


def who(endpoint: str) -> str:
    return "admin" if endpoint in ("disputes.rule", "moderation.admin", "moderation.use_weights") else "client"


@pytest.mark.parametrize(("endpoint", "path"), ASKED.items(), ids=list(ASKED))
@pytest.mark.parametrize(("age", "asks"), [(FRESH, False), (STALE, True)], ids=["fresh", "stale"])
def test_stale_password_is_asked_again(
    fair: Fair, clock: FixedClock, endpoint: str, path: str, age: timedelta, asks: bool
) -> None:
    browser = fair.as_(who(endpoint))
    browser.remembers = False
    clock.moment += age
    answer = browser.post(path.format(**fair.bids), {"by": "x"})
    assert (answer.status_code == 401, PASSWORD_FORM.split("'")[1] in answer.text) == (asks, asks)


def test_table_names_every_route_that_asks(app: Flask) -> None:
    asking = {name for name, view in app.view_functions.items() if getattr(view, "asks_password_again", False)}
    assert asking == set(ASKED)


@pytest.mark.parametrize(("endpoint", "path"), OWN_FIELD.items(), ids=list(OWN_FIELD))
@pytest.mark.parametrize("age", [FRESH, STALE], ids=["fresh", "stale"])
def test_form_with_password_field_always_requires_it(
    fair: Fair, clock: FixedClock, endpoint: str, path: str, age: timedelta
) -> None:
    clock.moment += age
    new = "seven blue ferries leave before breakfast"
    client = fair.as_("client").choose_password()
    answer = client.submit(path, {"password": "a guess", "new_password": new, "new_password_confirm": new})
    assert (answer.status_code, "That is not your password." in answer.text) == (422, True)


def test_second_factor_routes_would_ask_for_the_password(app: Flask) -> None:
    """None exist yet; new ones must ask for the password."""
    factors = ("two_factor", "wan_", "tf_", "us_", "mf_")
    assert not [name for name in app.view_functions if name.startswith(tuple(f"security.{one}" for one in factors))]


@pytest.fixture
def stale(fair: Fair, clock: FixedClock) -> Callable[[str], Visitor]:
    """A browser whose password was given too long ago."""

    def sign_in(name: str) -> Visitor:
        browser = fair.as_(name)
        browser.remembers = False
        clock.moment += STALE
        return browser

    return sign_in


def test_input_returns_and_a_click_sends_it(app: Flask, stale: Callable[[str], Visitor]) -> None:
    client = stale("client")
    asked = client.submit("/account/email", {"email": "new@example.com"})
    assert asked.status_code == 401
    assert sent_to(app) == []
    back = client.enter_password(asked)
    assert sent_to(app) == []
    form = client.send(back, "/verify", form="main form[data-go]")
    assert 'value="new@example.com"' in form.text
    assert sent_to(app) == []
    client.send(form, "/account/email")
    assert sent_to(app) == ["new@example.com"]


def test_reason_for_a_new_admin_returns_too(app: Flask, fair: Fair, stale: Callable[[str], Visitor]) -> None:
    admin = stale("admin")
    page = f"/admin/admins/{slug(app, fair, 'nora')}/make"
    asked = admin.submit(page, {"reason": "She is careful."})
    back = admin.enter_password(asked)
    form = admin.send(back, "/verify", form="main form[data-go]")
    assert "She is careful." in form.text
    assert not is_admin(app, fair, "nora")
    assert admin.send(form, page).location == "/admin/admins"
    assert is_admin(app, fair, "nora")


def test_bare_button_returns_to_its_page(app: Flask, fair: Fair, stale: Callable[[str], Visitor]) -> None:
    client, page = stale("client"), f"/bids/{fair.bids['wanda']}/award"
    asked = client.submit(page)
    assert asked.status_code == 401
    assert client.enter_password(asked).location == page
    assert state(app, fair) == "submitted"
    assert client.submit(page).status_code == 303
    assert state(app, fair) == "awarded"


def test_wrong_password_carries_nothing_out_and_keeps_input(app: Flask, stale: Callable[[str], Visitor]) -> None:
    client = stale("client")
    asked = client.submit("/account/email", {"email": "new@example.com"})
    again = client.enter_password(asked, "a guess")
    assert (again.status_code, "That is not your password." in again.text) == (422, True)
    form = client.send(client.enter_password(again), "/verify", form="main form[data-go]")
    assert 'value="new@example.com"' in form.text


@pytest.mark.parametrize("token", ["", "forged"])
def test_another_site_can_not_make_the_password_page_act(
    app: Flask, stale: Callable[[str], Visitor], token: str
) -> None:
    client = stale("client")
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    sent = {"csrf_token": token, "email": "evil@example.com", "password": PASSWORD}
    for path in ("/account/email", "/verify"):
        assert client.http.post(path, data=sent, headers=foreign).status_code == 400
    assert sent_to(app) == []


def test_fresh_password_counts_only_in_its_session(fair: Fair, clock: FixedClock) -> None:
    at_home, in_the_train = fair.as_("client"), fair.as_("client")
    in_the_train.remembers = False
    clock.moment += STALE
    at_home.submit("/account/email", {"email": "new@example.com"})
    assert in_the_train.submit("/account/email", {"email": "new@example.com"}).status_code == 401


def sent_to(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(OutgoingMail.to).where(OutgoingMail.dedupe_key.is_(None))))


def slug(app: Flask, fair: Fair, name: str) -> str:
    with app.app_context():
        return db.session.get_one(User, fair.people[name]).slug


def is_admin(app: Flask, fair: Fair, name: str) -> bool:
    with app.app_context():
        return db.session.get_one(User, fair.people[name]).is_admin


def state(app: Flask, fair: Fair) -> str:
    with app.app_context():
        return db.session.get_one(Bid, fair.bids["wanda"]).state
