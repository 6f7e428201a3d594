"""Send the outbox: over SMTP where a server is configured, else into the log and the mail viewer."""

from __future__ import annotations

import logging
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from flask import render_template

from config.settings import Settings
from marketplace.core.backoff import Backoff
from marketplace.core.claims import claim_due, end_claim, give_back_claims, lock_claimed
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from marketplace.core.smtp import MailRefused, Send, mail_server

log = logging.getLogger(__name__)

BATCH = 50
LEASE_SECONDS = 180
BATCH_SECONDS = 20
"""Seconds after which a batch starts no further mail, so that the last one ends within its lease."""
MAX_ATTEMPTS = 12
TRY_AGAIN = Backoff(timedelta(minutes=1), timedelta(hours=4), max_tries=MAX_ATTEMPTS)
"""Backoff after a failed try: from two minutes on, over most of a day in all."""


def send_due(settings: Settings, now: datetime, seconds: float = BATCH_SECONDS) -> int:
    """Send a batch of due mails, store each as sent at once, and return how many were sent. Commits.

    A crash between the server's acceptance and our commit sends that one mail twice, with one Message-ID: SMTP can't
    tell us. No transaction is open while talking to the server. After `seconds` the rest is given back.
    """
    left = {mail.id: mail.lease_token or "" for mail in claim_due(OutgoingMail, now, BATCH, LEASE_SECONDS)}
    db.session.commit()
    if not left:
        return 0
    sent, stop_at = 0, time.monotonic() + seconds
    try:
        with _way_out(settings) as send:
            while left and time.monotonic() < stop_at:
                mail_id = next(iter(left))
                try:
                    sent += _send_one(send, settings, mail_id, left[mail_id], now)
                except OSError as error:  # hung up or too slow, perhaps because of this mail; the others wait
                    _put_off(mail_id, left.pop(mail_id), now, error)
                    break
                del left[mail_id]
    except OSError as error:  # no server
        for mail_id, token in left.items():
            _put_off(mail_id, token, now, error)
    else:
        give_back_claims(OutgoingMail, left)
        db.session.commit()
    return sent


def _way_out(settings: Settings) -> AbstractContextManager[Send]:
    return mail_server(settings) if settings.smtp_host else nullcontext(_write_to_log)


def _write_to_log(message: EmailMessage) -> None:
    text = message.get_body(("plain",))
    log.info("mail to %s: %s\n%s", message["To"], message["Subject"], text.get_content().rstrip("\n") if text else "")


def _send_one(send: Send, settings: Settings, mail_id: int, token: str, now: datetime) -> bool:
    mail = lock_claimed(OutgoingMail, mail_id, token)
    if mail is None or mail.sent_at is not None:
        db.session.rollback()
        return False
    try:
        message = _message(mail, settings)
        db.session.rollback()
        send(message)
    except (MailRefused, ValueError) as error:
        db.session.rollback()
        _put_off(mail_id, token, now, error)
        return False
    _note_sent(mail_id, token, now)
    return True


def _note_sent(mail_id: int, token: str, now: datetime) -> None:
    mail = lock_claimed(OutgoingMail, mail_id, token)
    if mail is not None:
        mail.sent_at, mail.last_error = now, None
        end_claim(mail, None)
    db.session.commit()


def _put_off(mail_id: int, token: str, now: datetime, error: Exception) -> None:
    """Try again later; give up (undelivered) when the server refused for good or after MAX_ATTEMPTS."""
    mail = lock_claimed(OutgoingMail, mail_id, token)
    if mail is not None:
        mail.attempts += 1
        refused = isinstance(error, ValueError) or (isinstance(error, MailRefused) and error.permanent)
        next_due = None if refused else TRY_AGAIN.next_due(mail.attempts, now)
        given_up = not refused and next_due is None
        words = str(error) or type(error).__name__
        mail.last_error = (f"Given up after {mail.attempts} tries: " if given_up else "") + words[:400]
        end_claim(mail, next_due)
    db.session.commit()


def _message(mail: OutgoingMail, settings: Settings) -> EmailMessage:
    """Build the MIME message, as text and HTML; raises ValueError for a header with a line break."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, mail.to, mail.subject
    message["Date"] = format_datetime(mail.created_at)
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = f"<{mail.id}.{mail.created_at:%Y%m%d%H%M%S%f}@{domain}>"  # stable across tries
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: suppress automatic replies
    if mail.unsubscribe_url:  # RFC 8058: one-click unsubscribe
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    paragraphs = [part.splitlines() for part in mail.text.split("\n\n")]
    html = render_template("email/letter.html", subject=mail.subject, paragraphs=paragraphs)
    message.add_alternative(html, subtype="html")
    return message
