"""The mail viewer of a development site, which no production site has."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from config.settings import Settings
from marketplace.app import create_app
from marketplace.core.database import db
from marketplace.core.outbox import post_mail
from tests.support.databases import close
from tests.support.factories import START
from tests.support.visitor import Visitor


def test_mails_are_listed_newest_first_and_their_links_can_be_clicked(
    app: Flask, visitor: Callable[[], Visitor]
) -> None:
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


def test_a_production_site_has_no_viewer(settings: Settings) -> None:
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
