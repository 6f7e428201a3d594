"""Sends what lies in the outbox: over SMTP where there is a server, else into the log and the mail viewer."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage

from config.settings import Settings
from marketplace.core.database import db
from marketplace.core.leases import holds, lease, release
from marketplace.core.outbox import OutgoingMail

log = logging.getLogger(__name__)

BATCH = 50
LEASE_SECONDS = 120
TIMEOUT_SECONDS = 20
MAX_ATTEMPTS = 12
"""With pauses that double from one minute up to four hours: about a day."""


def send_due(settings: Settings, now: datetime) -> int:
    """Send a batch of due mails, each stored as sent right after it was; gives how many went out.

    A crash between the server's yes and our commit sends that one mail twice: SMTP has no way to ask. Commits.
    """
    mails = lease(OutgoingMail, now, BATCH, LEASE_SECONDS)
    db.session.commit()
    if not mails:
        return 0
    leases = [(mail.id, mail.lease_token or "") for mail in mails]
    sent = 0
    try:
        with _connection(settings) as server:
            for mail_id, token in leases:
                sent += _send_one(server, settings, mail_id, token, now)
    except OSError as error:  # no server, or it hung up: what is left stays due
        for mail_id, token in leases:
            _put_off(mail_id, token, now, error)
    return sent


def _send_one(server: smtplib.SMTP | None, settings: Settings, mail_id: int, token: str, now: datetime) -> bool:
    mail = holds(OutgoingMail, mail_id, token)
    if mail is None or mail.sent_at is not None:
        db.session.rollback()
        return False
    try:
        if server is None:
            log.info("mail to %s: %s\n%s", mail.to, mail.subject, mail.text)
        else:
            server.send_message(_message(mail, settings))
    except smtplib.SMTPServerDisconnected:
        db.session.rollback()
        raise
    except (smtplib.SMTPException, ValueError) as error:
        db.session.rollback()
        _put_off(mail_id, token, now, error)
        return False
    mail.sent_at, mail.last_error = now, None
    release(mail, None)
    db.session.commit()
    return True


def _put_off(mail_id: int, token: str, now: datetime, error: Exception) -> None:
    mail = holds(OutgoingMail, mail_id, token)
    if mail is not None and mail.sent_at is None:
        mail.attempts += 1
        mail.last_error = str(error)[:500]
        pause = timedelta(minutes=min(2**mail.attempts, 240))
        release(mail, now + pause if mail.attempts < MAX_ATTEMPTS else None)
    db.session.commit()


def _message(mail: OutgoingMail, settings: Settings) -> EmailMessage:
    """The mail on the wire; a header with a line break in it raises ValueError."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, mail.to, mail.subject
    if mail.unsubscribe_url:  # RFC 8058
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


@contextmanager
def _connection(settings: Settings) -> Generator[smtplib.SMTP | None]:
    """A connection to the mail server, or None in development without one."""
    if not settings.smtp_host:
        yield None
        return
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS) as server:
        if settings.smtp_tls:
            server.starttls()
        if settings.smtp_username:
            server.login(settings.smtp_username, settings.smtp_password)
        yield server
