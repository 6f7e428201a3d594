"""Idempotency: a form that creates something carries a key, and each key creates once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base, db


class Submission(Base):
    """A form that was carried out: who sent it, its key, and the address of its result."""

    __tablename__ = "submissions"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]


def earlier_result(user_id: int, key: str) -> str | None:
    """Return the address of this submission's result, or None if it was not carried out before."""
    return db.session.scalar(select(Submission.location).where(Submission.user_id == user_id, Submission.key == key))


def remember(user_id: int, key: str, location: str, now: datetime) -> None:
    """Store the result's address, in the transaction that creates it.

    A second transaction with the same key fails on the primary key (IntegrityError) which rolls back its own creation.
    """
    db.session.add(Submission(user_id=user_id, key=key, location=location, created_at=now))
    db.session.flush()
