"""Password guessing is slowed down, and can't be used to lock out the account's owner or an office."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from config.settings import Settings
from marketplace.accounts.models import TryCount, User
from marketplace.accounts.services.people import create_user
from marketplace.accounts.services.tries import begin_try, forget_tries, sign_in_counters
from marketplace.app import create_app
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from tests.support.databases import close
from tests.support.factories import START
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

AMARA, NOBODY = "amara@example.com", "nobody@example.com"
PASSWORD, NEW_PASSWORD = "correct horse battery staple", "another quite long phrase"


@pytest.fixture(autouse=True)
def amara(app: Flask) -> int:
    with app.app_context():
        amara = create_user(AMARA, PASSWORD, "Amara Okafor", ["freelancer"], START, confirmed=True)
        db.session.commit()
        return amara.id


def come_from(app: Flask, address: str) -> Visitor:
    browser = Visitor(app)
    browser.http.environ_base["REMOTE_ADDR"] = address
    return browser


def sign_in(browser: Visitor, password: str = PASSWORD, email: str = AMARA) -> TestResponse:
    return browser.submit("/signin", {"email": email, "password": password})


def sign_out(browser: Visitor) -> None:
    browser.http.delete_cookie("session")


def guess(app: Flask, count: int, clock: FixedClock, email: str = AMARA, network: str = "192.0.2.{}") -> None:
    """Submit wrong passwords from unknown devices; `network` may have a placeholder for a number."""
    with app.app_context():
        for number in range(count):
            made = begin_try(sign_in_counters(email, network.format(number), None), clock.now())
            assert not made.wait
        db.session.commit()


def mails(app: Flask, to: str = AMARA) -> list[OutgoingMail]:
    with app.app_context():
        return list(db.session.scalars(select(OutgoingMail).where(OutgoingMail.to == to).order_by(OutgoingMail.id)))


@pytest.mark.parametrize("spelling", [AMARA, "AMARA@EXAMPLE.COM", " amara@example.com ", "amara@ｅxample.com"])
def test_unknown_device_waits_after_ten_wrong_tries_for_any_spelling_of_the_address(
    app: Flask, clock: FixedClock, spelling: str
) -> None:
    guess(app, 10, clock)
    answer = sign_in(come_from(app, "198.51.100.9"), email=spelling)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert "Wait 5 seconds" in answer.text
    clock.moment += timedelta(seconds=5)
    assert sign_in(come_from(app, "198.51.100.9"), email=spelling).location == "/me"


def test_wait_grows_with_each_wrong_try(app: Flask, clock: FixedClock) -> None:
    guess(app, 10, clock)
    clock.moment += timedelta(seconds=5)
    assert sign_in(come_from(app, "198.51.100.9"), "a wrong password").status_code == 422
    assert sign_in(come_from(app, "198.51.100.10")).headers["Retry-After"] == "10"


def test_one_network_has_ten_wrong_tries_an_hour_per_account(app: Flask, clock: FixedClock) -> None:
    browser = come_from(app, "192.0.2.1")
    assert [sign_in(browser, "a wrong password").status_code for _ in range(10)] == [422] * 10
    clock.moment += timedelta(minutes=59)
    assert sign_in(browser).status_code == 429
    assert sign_in(come_from(app, "198.51.100.9")).location == "/me"
    clock.moment += timedelta(minutes=1)
    assert sign_in(browser).location == "/me"


def test_ipv6_64_prefix_is_one_network(app: Flask, clock: FixedClock) -> None:
    guess(app, 10, clock, network="2001:db8:1:2::/64")
    clock.moment += timedelta(minutes=1)
    assert sign_in(come_from(app, "2001:db8:1:2:ffff::9")).status_code == 429
    assert sign_in(come_from(app, "2001:db8:1:3::9")).location == "/me"


def test_strangers_tries_do_not_affect_the_owners_device(app: Flask, clock: FixedClock) -> None:
    mine = come_from(app, "198.51.100.9")
    assert sign_in(mine).location == "/me"
    sign_out(mine)
    guess(app, 10, clock, network="198.51.100.9")
    assert sign_in(mine).location == "/me", "from the rival's own network even"
    assert sign_in(come_from(app, "203.0.113.1")).status_code == 429


def test_known_device_has_ten_wrong_tries_of_its_own(app: Flask, clock: FixedClock) -> None:
    mine = come_from(app, "198.51.100.9")
    sign_in(mine)
    sign_out(mine)
    assert [sign_in(mine, "a wrong password").status_code for _ in range(11)] == [422] * 10 + [429]
    assert sign_in(come_from(app, "203.0.113.1")).location == "/me", "and they slow down nobody else"


@pytest.mark.parametrize("cookie", ["", "forged", "WyJ4IixbInkiXV0.ZzZ6.c2lnbmF0dXJl"])
def test_device_cookie_can_not_be_forged(app: Flask, clock: FixedClock, cookie: str) -> None:
    guess(app, 10, clock)
    stranger = come_from(app, "198.51.100.9")
    stranger.http.set_cookie("known", cookie)
    assert sign_in(stranger).status_code == 429


def test_device_known_to_another_account_is_unknown_to_this_one(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        create_user("rival@example.com", PASSWORD, "A Rival", ["freelancer"], START, confirmed=True)
        db.session.commit()
    rival = come_from(app, "198.51.100.9")
    assert sign_in(rival, email="rival@example.com").location == "/me"
    sign_out(rival)
    guess(app, 10, clock)
    assert sign_in(rival).status_code == 429


def test_right_passwords_from_one_office_lock_nobody_out(app: Flask) -> None:
    assert [sign_in(come_from(app, "192.0.2.1")).location for _ in range(15)] == ["/me"] * 15


def test_right_password_of_unconfirmed_account_is_no_failure(app: Flask) -> None:
    with app.app_context():
        create_user("una@example.com", PASSWORD, "Una Waits", ["client"], START)
        db.session.commit()
    answers = [sign_in(come_from(app, "192.0.2.1"), email="una@example.com").status_code for _ in range(12)]
    assert answers == [422] * 12


def test_empty_forms_are_no_failures(app: Flask) -> None:
    browser = come_from(app, "192.0.2.1")
    assert [sign_in(browser, "").status_code for _ in range(11)] == [422] * 11
    assert sign_in(browser).location == "/me"


def test_one_network_trying_many_accounts_is_slowed_down(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        for number in range(100):
            begin_try(sign_in_counters(f"somebody{number}@example.com", "192.0.2.1", None), clock.now())
        db.session.commit()
    assert sign_in(come_from(app, "192.0.2.1")).headers["Retry-After"] == "60"
    assert sign_in(come_from(app, "198.51.100.9")).location == "/me"


def test_known_and_unknown_accounts_get_the_same_answers(app: Flask, clock: FixedClock) -> None:
    def answers(email: str, address: str) -> list[tuple[int, str, str]]:
        browser, found = come_from(app, address), list[tuple[int, str, str]]()
        for _ in range(12):
            answer = sign_in(browser, "a wrong password", email)
            page = re.sub(r'(name="csrf_token"[^>]*value|value)="[^"]*"', "", answer.text).replace(email, "X")
            found.append((answer.status_code, answer.headers.get("Retry-After", ""), page))
        return found

    assert answers(AMARA, "192.0.2.1") == answers(NOBODY, "192.0.2.2")


def test_owner_is_mailed_once_a_day_with_advice(app: Flask, clock: FixedClock) -> None:
    guess(app, 9, clock)
    assert mails(app) == []
    sign_in(come_from(app, "198.51.100.1"), "a wrong password")
    clock.moment += timedelta(seconds=5)
    sign_in(come_from(app, "198.51.100.2"), "a wrong password")
    (told,) = mails(app)
    assert told.subject == "Wrong passwords for your account"
    assert "/reset" in told.text
    clock.moment += timedelta(hours=23)
    sign_in(come_from(app, "198.51.100.3"), "a wrong password")
    assert len(mails(app)) == 2


def test_unknown_account_causes_no_mail(app: Flask, clock: FixedClock) -> None:
    guess(app, 9, clock, NOBODY)
    assert sign_in(come_from(app, "198.51.100.1"), "a wrong password", NOBODY).status_code == 422
    assert mails(app, NOBODY) == []


def test_password_reset_lets_the_owner_in_on_a_new_device(app: Flask, clock: FixedClock) -> None:
    browser = come_from(app, "198.51.100.9")
    guess(app, 10, clock, network="198.51.100.9")
    browser.submit("/reset", {"email": AMARA})
    link = re.search(r"https?://[^/\s]+(/reset/\S+)", mails(app)[-1].text)
    assert link
    browser.submit(link[1], {"password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD})
    assert sign_in(browser, NEW_PASSWORD).location == "/me"


def test_count_is_shared_by_processes_without_redis(app: Flask, settings: Settings, clock: FixedClock) -> None:
    dead = settings.model_copy(update={"redis_url": "redis://127.0.0.1:9/0", "rate_limits": False})
    other = create_app(dead, clock)
    other.testing = True
    guess(app, 10, clock)
    answer = sign_in(come_from(other, "198.51.100.9"))
    close(other)
    assert answer.status_code == 429


def test_only_ten_of_many_simultaneous_tries_are_checked(app: Flask) -> None:
    browsers = [come_from(app, "192.0.2.1") for _ in range(14)]
    forms = [{"csrf_token": one.csrf_token(), "email": AMARA, "password": "a wrong password"} for one in browsers]
    start, answers = threading.Barrier(len(browsers)), list[int]()

    def send(browser: Visitor, fields: dict[str, str]) -> None:
        start.wait()
        answers.append(browser.http.post("/signin", data=fields).status_code)

    threads = [threading.Thread(target=send, args=pair) for pair in zip(browsers, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [422] * 10 + [429] * 4


def test_guessing_within_an_open_session_is_slowed_down(app: Flask, amara: int, visitor: Callable[[], Visitor]) -> None:
    browser = visitor().as_user(amara)
    fields = {"password": "a wrong password", "new_password": NEW_PASSWORD, "new_password_confirm": NEW_PASSWORD}
    answers = [browser.submit("/account/password", fields).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert sign_in(come_from(app, "198.51.100.9")).location == "/me", "signing in is another matter"


def test_weak_new_password_with_right_old_one_is_no_failure(amara: int, visitor: Callable[[], Visitor]) -> None:
    browser = visitor().as_user(amara)
    fields = {"password": PASSWORD, "new_password": "short", "new_password_confirm": "short"}
    assert [browser.submit("/account/password", fields).status_code for _ in range(12)] == [422] * 12


@pytest.mark.parametrize("page", ["/reset", "/confirm", "/signup"])
def test_strangers_can_not_flood_an_inbox_or_use_up_the_owners_links(app: Flask, clock: FixedClock, page: str) -> None:
    with app.app_context():
        create_user("una@example.com", PASSWORD, "Una Waits", ["client"], START)
        db.session.commit()
    email = AMARA if page == "/reset" else "una@example.com"
    fields = {"email": email}
    if page == "/signup":
        fields |= {"name": "Una Waits", "part": "client", "password": PASSWORD}
    answers = [come_from(app, f"198.51.100.{number}").submit(page, fields).status_code for number in range(8)]
    assert answers == [303] * 8, "the owner is never refused"
    assert len(mails(app, email)) == 2
    clock.moment += timedelta(minutes=5)
    come_from(app, "203.0.113.1").submit(page, fields)
    assert len(mails(app, email)) == 3


def test_expired_counters_are_deleted(app: Flask, clock: FixedClock) -> None:
    guess(app, 3, clock)
    with app.app_context():
        assert forget_tries(clock.now() + timedelta(hours=23)) == 0
        assert forget_tries(clock.now() + timedelta(hours=25)) > 0
        assert db.session.scalar(select(func.count()).select_from(TryCount)) == 0


def test_database_stores_no_input(app: Flask) -> None:
    sign_in(come_from(app, "192.0.2.1"), "a wrong password")
    with app.app_context():
        keys = db.session.scalars(select(TryCount.key)).all()
        assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
        assert db.session.scalar(select(func.count()).select_from(User)) == 1
