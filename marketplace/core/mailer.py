"""Sends what lies in the outbox: over SMTP where there is a server, else into the log and the mail viewer."""

from __future__ import annotations

import logging
import smtplib
import ssl
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from flask import render_template

from config.settings import Settings
from marketplace.core.database import db
from marketplace.core.leases import holds, lease, release
from marketplace.core.outbox import OutgoingMail

log = logging.getLogger(__name__)

BATCH = 50
LEASE_SECONDS = 180
TIMEOUT_SECONDS = 20
"""Of one answer of the mail server."""
BATCH_SECONDS = 90
"""After so long no further mail of a batch is begun, so that what was begun ends within its lease."""
MAX_ATTEMPTS = 12
"""With pauses that double from two minutes up to four hours: most of a day."""
IMPLICIT_TLS_PORT = 465


def send_due(settings: Settings, now: datetime) -> int:
    """Send a batch of due mails, each stored as sent right after it was; gives how many went out. Commits.

    A crash between the server's yes and our commit sends that one mail twice, with one Message-ID: SMTP has no way
    to ask. No transaction is open while the server is talked to.
    """
    left = [(mail.id, mail.lease_token or "") for mail in lease(OutgoingMail, now, BATCH, LEASE_SECONDS)]
    db.session.commit()
    if not left:
        return 0
    sent, stop_at = 0, time.monotonic() + BATCH_SECONDS
    try:
        with _connection(settings) as server:
            while left and time.monotonic() < stop_at:
                sent += _send_one(server, settings, *left[0], now)
                left.pop(0)
    except OSError as error:  # no server, or it hung up: what is left is tried again later
        for mail_id, token in left:
            _put_off(mail_id, token, now, error)
    else:
        for mail_id, token in left:
            _give_back(mail_id, token)
    return sent


def _send_one(server: smtplib.SMTP | None, settings: Settings, mail_id: int, token: str, now: datetime) -> bool:
    mail = holds(OutgoingMail, mail_id, token)
    if mail is None or mail.sent_at is not None:
        db.session.rollback()
        return False
    try:
        message, text = _message(mail, settings), mail.text
        db.session.rollback()
        if server is None:
            log.info("mail to %s: %s\n%s", message["To"], message["Subject"], text)
        else:
            server.send_message(message)
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, ValueError) as error:
        db.session.rollback()
        _put_off(mail_id, token, now, error)
        return False
    _note_sent(mail_id, token, now)
    return True


def _note_sent(mail_id: int, token: str, now: datetime) -> None:
    mail = holds(OutgoingMail, mail_id, token)
    if mail is not None:
        mail.sent_at, mail.last_error = now, None
        release(mail, None)
    db.session.commit()


def _put_off(mail_id: int, token: str, now: datetime, error: Exception) -> None:
    mail = holds(OutgoingMail, mail_id, token)
    if mail is not None:
        mail.attempts += 1
        given_up = mail.attempts >= MAX_ATTEMPTS
        mail.last_error = (f"Given up after {mail.attempts} tries: " if given_up else "") + str(error)[:400]
        release(mail, None if given_up else now + timedelta(minutes=min(2**mail.attempts, 240)))
    db.session.commit()


def _give_back(mail_id: int, token: str) -> None:
    mail = holds(OutgoingMail, mail_id, token)
    if mail is not None:
        release(mail, mail.due_at)
    db.session.commit()


def _message(mail: OutgoingMail, settings: Settings) -> EmailMessage:
    """The mail on the wire, as text and as HTML; a header with a line break in it raises ValueError."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, mail.to, mail.subject
    message["Date"] = format_datetime(mail.created_at)
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = f"<{mail.id}.{mail.created_at:%Y%m%d%H%M%S%f}@{domain}>"  # the same at each try
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday note should answer
    if mail.unsubscribe_url:  # RFC 8058
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    paragraphs = [part.splitlines() for part in mail.text.split("\n\n")]
    html = render_template("email/letter.html", subject=mail.subject, paragraphs=paragraphs)
    message.add_alternative(html, subtype="html")
    return message


@contextmanager
def _connection(settings: Settings) -> Generator[smtplib.SMTP | None]:
    """A connection to the mail server, its certificate verified, or None in development without one."""
    if not settings.smtp_host:
        yield None
        return
    address, trusted = (settings.smtp_host, settings.smtp_port), ssl.create_default_context()
    if settings.smtp_tls and settings.smtp_port == IMPLICIT_TLS_PORT:
        connected = smtplib.SMTP_SSL(*address, timeout=TIMEOUT_SECONDS, context=trusted)
    else:
        connected = smtplib.SMTP(*address, timeout=TIMEOUT_SECONDS)
    with connected as server:
        if settings.smtp_tls and not isinstance(server, smtplib.SMTP_SSL):
            server.starttls(context=trusted)
        if settings.smtp_username:
            server.login(settings.smtp_username, settings.smtp_password)
        yield server
