"""Well-known addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from config.settings import SettingsError, load_settings
from marketplace.core.clock import FixedClock
from tests.support.visitor import Visitor


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/login", "/signin"),
        ("/login?next=/jobs/new", "/signin?next=/jobs/new"),
        ("/login?_external=1&_scheme=javascript", "/signin"),
        ("/sign-in", "/signin"),
        ("/register", "/signup"),
        ("/sign-up", "/signup"),
    ],
)
def test_common_sign_in_addresses_redirect(visitor: Callable[[], Visitor], path: str, leads_to: str) -> None:
    answer = visitor().get(path)
    assert (answer.status_code, answer.location) == (301, leads_to)


def fields(text: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text.splitlines())


@pytest.mark.parametrize("path", ["/.well-known/security.txt", "/security.txt"])
def test_security_txt_names_contact_and_never_expires(
    visitor: Callable[[], Visitor], clock: FixedClock, path: str
) -> None:
    for _ in range(2):
        answer = visitor().get(path)
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        found = fields(answer.text)
        expires = datetime.fromisoformat(found["Expires"])
        assert timedelta(days=30) < expires - clock.now() < timedelta(days=365)
        clock.moment += timedelta(days=1000)
    assert found["Canonical"] == "http://127.0.0.1:8000/.well-known/security.txt"
    assert found["Contact"] == found["Policy"] == "http://127.0.0.1:8000/help/security"
    assert visitor().get("/help/security").status_code == 200


def test_operators_contact_is_named(app: Flask, visitor: Callable[[], Visitor]) -> None:
    contact = "mailto:security@example.com"
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"security_contact": contact})
    assert fields(visitor().get("/.well-known/security.txt").text)["Contact"] == contact
    assert 'href="mailto:security@example.com"' in visitor().get("/help/security").text


@pytest.mark.parametrize("contact", ["security@example.com", "javascript:alert(1)", "mailto:a b"])
def test_invalid_contact_is_refused(contact: str) -> None:
    with pytest.raises(SettingsError, match="SECURITY_CONTACT"):
        load_settings(security_contact=contact)
