"""Idempotency: a form that creates something carries a key, and the same key creates only once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base, db


class Submission(Base):
    """A form that was carried out: who sent it, its key, and where its result is."""

    __tablename__ = "submissions"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]


def earlier_result(user_id: int, key: str) -> str | None:
    """Where the result of this very submission is, if it was carried out before."""
    return db.session.scalar(select(Submission.location).where(Submission.user_id == user_id, Submission.key == key))


def remember(user_id: int, key: str, location: str, now: datetime) -> None:
    """Keep the result's address, in the transaction that creates it.

    A second transaction with the same key fails on the primary key (IntegrityError) and so undoes its own creation.
    """
    db.session.add(Submission(user_id=user_id, key=key, location=location, created_at=now))
    db.session.flush()
