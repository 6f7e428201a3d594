"""Mail as rows: written in the transaction that causes it, sent once by a worker, kept for the mail viewer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import doorbell
from marketplace.core.claims import Due
from marketplace.core.database import Base, db
from marketplace.core.text import one_line


class OutgoingMail(Due, Base):
    """One mail to one person."""

    __tablename__ = "outgoing_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    to: Mapped[str] = mapped_column(String(320), index=True)
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    unsubscribe_url: Mapped[str | None] = mapped_column(String(1000))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(500))


IS_UNDELIVERED: ColumnElement[bool] = OutgoingMail.sent_at.is_(None) & OutgoingMail.due_at.is_(None)
"""The server refused it for good, or all tries failed; `last_error` says why."""
Index("ix_outgoing_mail_undelivered", OutgoingMail.id, postgresql_where=IS_UNDELIVERED, sqlite_where=IS_UNDELIVERED)


def post_mail(
    to: str,
    subject: str,
    text: str,
    now: datetime,
    *,
    dedupe_key: str | None = None,
    unsubscribe_url: str | None = None,
) -> None:
    """Queue a mail, due now; each `dedupe_key` is queued once."""
    if dedupe_key and db.session.scalar(select(OutgoingMail.id).where(OutgoingMail.dedupe_key == dedupe_key)):
        return
    db.session.add(
        OutgoingMail(
            to=to, subject=one_line(subject)[:300], text=text, dedupe_key=dedupe_key,
            unsubscribe_url=unsubscribe_url, created_at=now, due_at=now,
        )
    )  # fmt: skip
    doorbell.ring(doorbell.SEND_MAIL)


def send_again(mail: OutgoingMail, now: datetime) -> None:
    """Retry an undelivered mail; does nothing for one that was sent or is waiting."""
    if mail.sent_at is None and mail.due_at is None:
        mail.attempts, mail.due_at = 0, now
        doorbell.ring(doorbell.SEND_MAIL)
