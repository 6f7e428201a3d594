"""Mail leaves the outbox once, over a real SMTP server; unsent mail stays due."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Generator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from config.settings import Settings
from marketplace.core import smtp as smtp_talk
from marketplace.core.database import db
from marketplace.core.mailer import MAX_ATTEMPTS, send_due
from marketplace.core.outbox import IS_UNDELIVERED, OutgoingMail, post_mail
from tests.support.factories import START
from tests.support.product import free_port


class Post:
    """Stores mails, except to addresses `code.step@...`, which it answers with that code at that step.

    The steps are MAIL (by the sender's address), RCPT and DATA.
    """

    def __init__(self) -> None:
        self.mails = []

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:  # noqa: N802
        envelope.mail_from = address
        return _answer(address, "mail")

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return _answer(address, "rcpt")

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        if (answer := _answer(envelope.rcpt_tos[0], "data")) == "250 OK":
            self.mails.append(message_from_bytes(envelope.content))
            self.raw = envelope.content
        return answer


def _answer(address: str, step: str) -> str:
    code, _, asked = address.partition("@")[0].partition(".")
    return f"{code} no such mailbox" if asked == step else "250 OK"


@pytest.fixture
def post() -> Generator[Controller]:
    controller = Controller(Post(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def smtp(settings: Settings, post: Controller) -> Settings:
    return settings.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_tls": False})


def test_mail_is_sent_once_with_unsubscribe_headers(app: Flask, smtp: Settings, post: Controller) -> None:
    with app.app_context():
        post_mail("a@example.com", "Hello", "Words", START, unsubscribe_url="https://x.example/u", dedupe_key="k")
        post_mail("a@example.com", "Hello", "Words", START, dedupe_key="k")
        db.session.commit()
        assert (send_due(smtp, START), send_due(smtp, START)) == (1, 0)
    (mail,) = post.handler.mails
    assert (mail["To"], mail["Subject"], mail["List-Unsubscribe"]) == (
        "a@example.com",
        "Hello",
        "<https://x.example/u>",
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_refused_address_does_not_delay_others(app: Flask, smtp: Settings, post: Controller) -> None:
    with app.app_context():
        for address in ("550.rcpt@example.com", "a@example.com"):
            post_mail(address, "Hello", "Words", START)
        db.session.commit()
        assert send_due(smtp, START) == 1
        assert [mail["To"] for mail in post.handler.mails] == ["a@example.com"]


@pytest.mark.parametrize(
    ("address", "sender", "due_again"),
    [
        ("550.rcpt@example.com", "us@example.com", None),
        ("554.data@example.com", "us@example.com", None),
        ("a@example.com", "552.mail@example.com", None),
        ("451.rcpt@example.com", "us@example.com", START + timedelta(minutes=2)),
        ("452.data@example.com", "us@example.com", START + timedelta(minutes=2)),
        ("a@example.com", "450.mail@example.com", START + timedelta(minutes=2)),
    ],
)
def test_5xx_reply_is_final_and_4xx_reply_is_retried(
    app: Flask, smtp: Settings, post: Controller, address: str, sender: str, due_again: datetime | None
) -> None:
    with app.app_context():
        post_mail(address, "Hello", "Words", START)
        db.session.commit()
        assert send_due(smtp.model_copy(update={"mail_from": sender}), START) == 0
        mail = db.session.get_one(OutgoingMail, 1)
        assert (mail.sent_at, mail.due_at, mail.attempts) == (None, due_again, 1)
        assert "no such mailbox" in (mail.last_error or "")
        assert bool(db.session.scalars(select(OutgoingMail).where(IS_UNDELIVERED)).all()) == (due_again is None)


def test_without_server_mail_backs_off_and_finally_gives_up(app: Flask, settings: Settings) -> None:
    dead = settings.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_tls": False})
    with app.app_context():
        post_mail("a@example.com", "Hello", "Words", START)
        db.session.commit()
        moment = START
        for _ in range(MAX_ATTEMPTS):
            send_due(dead, moment)
            moment = db.session.get_one(OutgoingMail, 1).due_at or moment
        mail = db.session.get_one(OutgoingMail, 1)
        assert (mail.sent_at, mail.due_at, mail.attempts) == (None, None, MAX_ATTEMPTS)
        assert "Given up after 12 tries: " in (mail.last_error or "")


def test_development_mail_counts_as_sent_and_is_kept_for_viewer(app: Flask, settings: Settings) -> None:
    with app.app_context():
        post_mail("a@example.com", "Hello", "Words", START)
        db.session.commit()
        assert send_due(settings, START) == 1
        assert db.session.get_one(OutgoingMail, 1).sent_at == START


def test_line_break_in_subject_injects_no_header(app: Flask, smtp: Settings, post: Controller) -> None:
    with app.app_context():
        post_mail("a@example.com", "Hello\r\nBcc: b@example.com", "Words", START)
        db.session.commit()
        assert send_due(smtp, START) == 1
    (mail,) = post.handler.mails
    assert (mail["Subject"], mail["Bcc"]) == ("Hello Bcc: b@example.com", None)


def test_mail_is_text_and_html_and_identical_at_each_try(app: Flask, smtp: Settings, post: Controller) -> None:
    with app.app_context():
        post_mail("a@example.com", "Hello", "Open <this>:\n\nhttps://x.example/u?a=1&b=2\n\n--\nBye", START)
        db.session.commit()
        send_due(smtp, START)
        db.session.get_one(OutgoingMail, 1).due_at, db.session.get_one(OutgoingMail, 1).sent_at = START, None
        db.session.commit()
        send_due(smtp, START)
    first, second = post.handler.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert (first["Date"], first["Auto-Submitted"]) == ("Tue, 24 Nov 2026 09:00:00 +0000", "auto-generated")
    text, html = (part.get_payload(decode=True).decode() for part in first.get_payload())
    assert "Open <this>:" in text
    assert "Open &lt;this&gt;:" in html
    assert 'href="https://x.example/u?a=1&amp;b=2"' in html


def test_slow_mail_server_holds_no_transaction(app: Flask, smtp: Settings, post: Controller) -> None:
    async def write_meanwhile(server, session, envelope) -> str:
        with app.app_context():
            post_mail("b@example.com", "Written meanwhile", "Words", START + timedelta(hours=1))
            db.session.commit()
        return "250 OK"

    post.handler.handle_DATA = write_meanwhile
    with app.app_context():
        post_mail("a@example.com", "Hello", "Words", START)
        db.session.commit()
        assert send_due(smtp, START) == 1
        assert db.session.get_one(OutgoingMail, 2).subject == "Written meanwhile"


def test_server_that_hangs_up_keeps_accepted_mails_and_the_rest_waits(
    app: Flask, smtp: Settings, post: Controller
) -> None:
    async def hang_up(server, session, envelope) -> str:
        if "b@example.com" in envelope.rcpt_tos:
            server.transport.abort()
        return "250 OK"

    post.handler.handle_DATA = hang_up
    with app.app_context():
        for address in ("a@example.com", "b@example.com", "c@example.com"):
            post_mail(address, "Hello", "Words", START)
        db.session.commit()
        assert send_due(smtp, START) == 1
        rows = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
        assert [row.sent_at for row in rows] == [START, None, None]
        assert [row.due_at for row in rows] == [None, START + timedelta(minutes=2), START]
        assert [row.attempts for row in rows] == [0, 1, 0]


def test_server_that_drips_its_answer_is_dropped(
    app: Flask, smtp: Settings, post: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drip(server, session, envelope) -> str:
        while not server.transport.is_closing():
            server.transport.write(b"250-wait\r\n")
            await asyncio.sleep(0.05)
        return "250 OK"

    post.handler.handle_DATA = drip
    monkeypatch.setattr(smtp_talk, "STEP_SECONDS", 1)
    with app.app_context():
        for address in ("a@example.com", "b@example.com"):
            post_mail(address, "Hello", "Words", START)
        db.session.commit()
        assert send_due(smtp, START) == 0
        rows = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
        assert [row.due_at for row in rows] == [START + timedelta(minutes=2), START]


def test_rest_of_batch_is_given_back_when_time_is_up(app: Flask, smtp: Settings, post: Controller) -> None:
    with app.app_context():
        post_mail("a@example.com", "Hello", "Words", START)
        db.session.commit()
        assert send_due(smtp, START, seconds=0) == 0
        assert send_due(smtp, START) == 1


def test_long_unsubscribe_address_stays_on_one_line_unencoded(app: Flask, smtp: Settings, post: Controller) -> None:
    address = f"https://marketplace.example/unsubscribe/{'Wy.4-_' * 150}"
    subject = "Größe und Länge, mit vielen Umlauten: " + "ä" * 90
    with app.app_context():
        post_mail("a@example.com", subject, "Wörter", START, unsubscribe_url=address)
        db.session.commit()
        assert send_due(smtp, START) == 1
    lines = post.handler.raw.split(b"\r\n")
    assert f"List-Unsubscribe: <{address}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    (mail,) = post.handler.mails
    assert str(make_header(decode_header(mail["Subject"]))) == subject


@pytest.mark.parametrize(("trusted", "sent"), [(True, 1), (False, 0)], ids=["trusted", "unknown"])
def test_mail_server_must_present_valid_certificate(
    app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, trusted: bool, sent: int
) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    server = Controller(Post(), hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True)
    server.start()
    over_tls = settings.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_tls": True})
    with app.app_context():
        post_mail("a@example.com", "Hello", "Words", START)
        db.session.commit()
        assert send_due(over_tls, START) == sent
        error = db.session.get_one(OutgoingMail, 1).last_error
    server.stop()
    assert trusted or "certificate verify failed" in error
