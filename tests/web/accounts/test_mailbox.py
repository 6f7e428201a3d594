"""The mail viewer exists on development sites only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client

from config.settings import Settings
from marketplace.accounts.models import CLIENT
from marketplace.app import create_app
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail, post_mail
from tests.support.databases import close
from tests.support.factories import START, make_user
from tests.support.visitor import Visitor


def test_mails_are_listed_newest_first_with_working_links(app: Flask, visitor: Callable[[], Visitor]) -> None:
    assert "No mails yet" in visitor().get("/mail").text
    with app.app_context():
        post_mail("a@example.com", "First", "Words", START)
        post_mail("b@example.com", "Second", "Open <b>this</b>: http://127.0.0.1:8000/reset/x-y.z?a=1&b=2.", START)
        db.session.commit()
    page = visitor().page("/mail")
    assert [node.text() for node in page.css("main li h2")] == ["Second", "First"]
    mail = visitor().page("/mail/2")
    assert mail.css_first("main pre a").attributes["href"] == "http://127.0.0.1:8000/reset/x-y.z?a=1&b=2"
    assert mail.css_first("main pre b") is None


@pytest.mark.parametrize(
    ("peer", "name", "headers", "status"),
    [
        ("127.0.0.1", "localhost:8000", {}, 200),
        ("127.0.0.1", "127.0.0.1:8000", {}, 200),
        ("127.0.0.1", "0.0.0.0:8000", {}, 200),
        ("::1", "[::1]:8000", {}, 200),
        ("::ffff:127.0.0.1", "localhost", {}, 200),
        ("192.168.1.20", "localhost:8000", {}, 404),
        ("192.168.1.20", "192.168.1.9:8000", {}, 404),
        ("::ffff:192.168.1.20", "localhost", {}, 404),
        ("127.0.0.1", "rebound.example:8000", {}, 404),
        ("127.0.0.1", "demo.tunnel.example", {"X-Forwarded-For": "203.0.113.7"}, 404),
        ("127.0.0.1", "localhost", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", "localhost", {"Forwarded": "for=127.0.0.1"}, 404),
    ],
)
@pytest.mark.parametrize("path", ["/mail", "/mail/1"])
@pytest.mark.parametrize("behind_a_proxy", [False, True])
def test_mails_are_shown_on_the_machine_itself_only(
    app: Flask, peer: str, name: str, headers: dict[str, str], status: int, path: str, behind_a_proxy: bool
) -> None:
    with app.app_context():
        post_mail("a@example.com", "First", "Words", START)
        db.session.commit()
    client = Client(ProxyFix(app.wsgi_app) if behind_a_proxy else app.wsgi_app)
    asked: dict[str, Any] = {
        "base_url": f"http://{name}", "environ_overrides": {"REMOTE_ADDR": peer}, "headers": headers,
    }  # fmt: skip
    assert client.get(path, **asked).status_code == status
    assert ('href="/mail"' in client.get("/help/start", **asked).text) == (status == 200)


@pytest.mark.parametrize(("path", "confirmed_at"), [("/reset", START), ("/confirm", None)])
def test_mailed_links_lead_to_the_site_for_any_host_header(
    app: Flask, settings: Settings, path: str, confirmed_at: datetime | None
) -> None:
    with app.app_context():
        address = make_user(CLIENT, confirmed_at=confirmed_at).email
    client, stranger = app.test_client(), {"base_url": "http://evil.example"}
    token = LexborHTMLParser(client.get(path, **stranger).text).css_first("[name=csrf_token]").attributes["value"]
    client.post(path, data={"email": address, "csrf_token": token}, **stranger)
    with app.app_context():
        [text] = db.session.scalars(select(OutgoingMail.text))
    assert f"{settings.site_url}{path}/" in text
    assert "evil.example" not in text


def test_production_site_has_no_viewer(settings: Settings) -> None:
    production = {
        "environment": "production",
        "base_url": "https://prebuilt.example",
        "smtp_host": "mail.prebuilt.example",
    }
    app = create_app(settings.model_copy(update=production))
    app.testing = True
    client = app.test_client()
    answers = [client.get(path, base_url="https://prebuilt.example").status_code for path in ("/mail", "/mail/1")]
    footer = client.get("/help/start", base_url="https://prebuilt.example").text
    close(app)
    assert answers == [404, 404]
    assert 'href="/mail"' not in footer
