"""Every key can be rotated: what the old one made stays valid, and the new one signs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from flask import Flask
from sqlalchemy import select

from config.settings import Settings, SettingsError, load_settings
from marketplace.accounts.linked_accounts import link_between
from marketplace.accounts.models import User
from marketplace.accounts.services.people import create_user
from marketplace.accounts.views.known_devices import COOKIE, device_known_to, remember_device
from marketplace.accounts.views.signals import leave_signals
from marketplace.app import create_app
from marketplace.base import create_base
from marketplace.bids.views.receipts import receipt_key
from marketplace.contracts.services.handover import secret_key
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from marketplace.core.signing import link_signer
from marketplace.notifications.listeners import announce
from marketplace.notifications.services import News
from marketplace.payments.providers.protocol import BadSignature
from marketplace.payments.sandbox.signing import HEADER, sign
from marketplace.payments.setup import payments
from marketplace.web.sealing import Typed, seal, unseal
from marketplace.web.typed import site_keys
from tests.support.databases import Databases, close
from tests.support.factories import START, make_user
from tests.support.visitor import Visitor

AMARA, PASSWORD = "amara@example.com", "correct horse battery staple"
OLD, NEW = "0a" * 32, "1b" * 32


def session_of(app: Flask) -> str:
    browser = Visitor(app)
    browser.submit("/signin", {"email": AMARA, "password": PASSWORD})
    cookie = browser.http.get_cookie("session")
    assert cookie
    return cookie.value


def opens_the_account(app: Flask, cookie: str) -> bool:
    browser = Visitor(app)
    browser.http.set_cookie("session", cookie)
    return browser.get("/me").status_code == 200


def open_form(app: Flask) -> tuple[str, str]:
    browser = Visitor(app)
    token = browser.csrf_token()
    cookie = browser.http.get_cookie("session")
    assert cookie
    return cookie.value, token


def takes_the_form(app: Flask, form: tuple[str, str]) -> bool:
    browser = Visitor(app)
    browser.http.set_cookie("session", form[0])
    return browser.http.post("/theme", data={"csrf_token": form[1], "theme": "dark"}).status_code == 303


def reset_link(app: Flask) -> str:
    Visitor(app).submit("/reset", {"email": AMARA})
    with app.app_context():
        mail = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
        found = re.search(r"https?://[^/\s]+(/reset/\S+)", mail.text if mail else "")
    assert found
    return found[1]


def opens_the_link(app: Flask, link: str) -> bool:
    return Visitor(app).get(link).status_code == 200


def known_device(app: Flask) -> str:
    with app.test_request_context():
        remember_device(AMARA)
        answer = app.process_response(app.make_response(""))
    found = re.search(rf"{COOKIE}=([^;]+)", "\n".join(answer.headers.getlist("Set-Cookie")))
    assert found
    return found[1]


def knows_the_device(app: Flask, cookie: str) -> bool:
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={cookie}"}):
        return device_known_to(AMARA) is not None


def sealed(app: Flask) -> str:
    with app.app_context():
        return seal(Typed("/", (("text", "typed"),)), site_keys(), START)


def opens_the_seal(app: Flask, token: str) -> bool:
    with app.app_context():
        return unseal(token, site_keys(), START) is not None


MESSAGE = b'{"id":"1","type":"t","subject":"s","reference":"r"}'


def sandbox_message(app: Flask) -> str:
    return sign(MESSAGE, app.extensions["settings"].keys("secret_key")[0], START)


def takes_the_message(app: Flask, header: str) -> bool:
    with app.app_context():
        try:
            payments().provider.verify(MESSAGE, {HEADER: header})
        except BadSignature:
            return False
        return True


def password_hash(app: Flask) -> str:
    Visitor(app).submit("/signin", {"email": AMARA, "password": PASSWORD})
    with app.app_context():
        amara = db.session.scalars(select(User).where(User.email == AMARA)).first()
        amara = amara or create_user(AMARA, PASSWORD, "Amara Okafor", ["freelancer"], START, confirmed=True)
        db.session.commit()
        return amara.password or ""


def takes_the_password(app: Flask, hashed: str) -> bool:
    with app.app_context():
        db.session.scalars(select(User).where(User.email == AMARA)).one().password = hashed
        db.session.commit()
    return Visitor(app).submit("/signin", {"email": AMARA, "password": PASSWORD}).location == "/me"


def one_time_secret(app: Flask) -> bytes:
    return secret_key(app.extensions["settings"].keys("encryption_key")).encrypt(b"a password")


def reads_the_secret(app: Flask, ciphertext: bytes) -> bool:
    try:
        return secret_key(app.extensions["settings"].keys("encryption_key")).decrypt(ciphertext) == b"a password"
    except InvalidToken:
        return False


def device_seen(app: Flask) -> tuple[int, str]:
    device = "A" * 22
    with app.test_request_context(headers={"Cookie": f"device={device}"}):
        person = make_user("freelancer")
        leave_signals(person)
        db.session.commit()
        return person.id, device


def links_the_accounts(app: Flask, seen: tuple[int, str]) -> bool:
    other, _ = device_seen(app)
    with app.app_context():
        return link_between(seen[0], other) is not None


def link_in_a_mail(app: Flask) -> str:
    with app.app_context():
        return f"/unsubscribe/{link_signer('unsubscribe').dumps([1, 'bid'])}"


def receipts_key(app: Flask) -> str:
    with app.app_context():
        return str(receipt_key()["public_key"])


def publishes_the_key(app: Flask, public_key: str) -> bool:
    published: Any = Visitor(app).get("/.well-known/prebuilt-receipt-key").get_json()
    return public_key in (published["public_key"], *(one["public_key"] for one in published["earlier"]))


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a key: how to create a value, and whether an app accepts it."""

    key: str
    make: Callable[[Flask], Any]
    takes: Callable[[Flask, Any], bool]


USES = {
    "session": Use("secret_key", session_of, opens_the_account),
    "form": Use("secret_key", open_form, takes_the_form),
    "reset link": Use("secret_key", reset_link, opens_the_link),
    "known device": Use("secret_key", known_device, knows_the_device),
    "typed text": Use("secret_key", sealed, opens_the_seal),
    "sandbox message": Use("secret_key", sandbox_message, takes_the_message),
    "password": Use("password_pepper", password_hash, takes_the_password),
    "one-time secret": Use("encryption_key", one_time_secret, reads_the_secret),
    "signal": Use("signals_key", device_seen, links_the_accounts),
    "known device's account": Use("signals_key", known_device, knows_the_device),
    "link in a mail": Use("links_key", link_in_a_mail, opens_the_link),
    "receipt": Use("receipt_key", receipts_key, publishes_the_key),
}


@pytest.fixture(scope="module")
def apps(the_clock: FixedClock) -> Iterator[Callable[[Settings], Flask]]:
    @lru_cache
    def app_of(settings: Settings) -> Flask:
        return create_app(settings, the_clock)

    yield app_of
    app_of.cache_clear()


@pytest.fixture
def with_keys(apps: Callable[[Settings], Flask], databases: Databases) -> Iterator[Callable[..., Flask]]:
    """The app with given keys, created once for all uses of a key."""
    used: list[Flask] = []

    def with_these(settings: Settings, **keys: object) -> Flask:
        used.append(apps(load_settings(**settings.model_dump() | keys)))
        used[-1].testing = True
        return used[-1]

    yield with_these
    for app in used:
        databases.rest(app)


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_key_rotation_keeps_values_by_the_old_key(
    settings: Settings, with_keys: Callable[..., Flask], use: Use
) -> None:
    old = with_keys(settings, **{use.key: OLD})
    with old.app_context():
        create_user(AMARA, PASSWORD, "Amara Okafor", ["freelancer"], START, confirmed=True)
        db.session.commit()
    changed = with_keys(settings, **{use.key: NEW, f"{use.key}_fallbacks": (OLD,)})
    without_the_old = with_keys(settings, **{use.key: NEW})
    made = use.make(old)
    assert use.takes(old, made)
    assert not use.takes(without_the_old, made), "this use hangs on another key"
    assert use.takes(changed, made), "the old key still verifies"
    assert use.takes(without_the_old, use.make(changed)), "the new key signs"


def test_sign_in_rehashes_the_password_under_the_new_pepper(
    app: Flask, settings: Settings, with_keys: Callable[..., Flask]
) -> None:
    first = password_hash(app)
    changed = with_keys(settings, password_pepper=NEW, password_pepper_fallbacks=(settings.secret,))
    assert takes_the_password(changed, first)
    renewed = password_hash(changed)
    assert renewed != first
    assert takes_the_password(with_keys(settings, password_pepper=NEW), renewed)


def test_password_check_costs_one_argon2_for_any_number_of_peppers(
    app: Flask, settings: Settings, with_keys: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    password_hash(app)
    three = with_keys(settings, password_pepper=NEW, password_pepper_fallbacks=("2c" * 32, settings.secret))
    context, counted = three.extensions["security"].pwd_context.context, list[str]()
    for name in ("verify", "hash"):
        original = getattr(context, name)
        monkeypatch.setattr(
            context, name, lambda *args, original=original, name=name: counted.append(name) or original(*args)
        )
    for email in (AMARA, "nobody@example.com"):
        counted.clear()
        Visitor(three).submit("/signin", {"email": email, "password": "a wrong password"})
        assert len(counted) == 1, email


@pytest.mark.parametrize("key", ["password_pepper", "encryption_key", "signals_key", "links_key"])
def test_secret_key_alone_works_as_before(key: Any) -> None:
    alone = load_settings(secret_key=OLD)
    assert alone.keys(key) == (OLD,)
    changed = load_settings(secret_key=NEW, secret_key_fallbacks=(OLD,))
    assert changed.keys(key) == (NEW, OLD)
    apart = load_settings(**{"secret_key": NEW, key: "3d" * 32, f"{key}_fallbacks": (OLD,)})
    assert apart.keys(key) == ("3d" * 32, OLD)


def test_hash_without_pepper_mark_is_verified(app: Flask) -> None:
    from flask_security.utils import get_hmac
    from passlib.hash import argon2

    with app.app_context():
        app.config["SECURITY_PASSWORD_SALT"] = app.extensions["settings"].secret
        before = argon2.hash(get_hmac(PASSWORD).decode())
    password_hash(app)
    assert takes_the_password(app, before)


def test_fallbacks_are_comma_separated_in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD_PEPPER_FALLBACKS", f"{OLD}, {NEW}")
    assert load_settings().password_pepper_fallbacks == (OLD, NEW)


def test_short_key_is_refused() -> None:
    with pytest.raises(SettingsError, match="PASSWORD_PEPPER"):
        load_settings(password_pepper="short")


def test_links_in_workers_mails_work_on_the_site(
    app: Flask, settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    worker = create_base(settings, clock)
    with worker.app_context():
        person = make_user("client")
        announce(News(person.id, "bid", "bid:1", "A bid", "/bids/1"))
        db.session.commit()
        url = db.session.scalars(select(OutgoingMail.unsubscribe_url)).one()
    close(worker)
    assert url
    assert Visitor(app).get(url.removeprefix(settings.site_url)).status_code == 200
