"""Queries on a person's notifications."""

from __future__ import annotations

from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.core.pages import KeysetPage, page_of
from marketplace.notifications.models import MailPreference, Notification


def inbox_of(user: User, cursor: str | None, *, unread_only: bool) -> KeysetPage[Notification]:
    """Return the person's notifications, newest first."""
    mine = select(Notification).where(Notification.user_id == user.id)
    if unread_only:
        mine = mine.where(Notification.read_at.is_(None))
    return page_of(mine, [Notification.id], cursor)


def unread_count(user_id: int) -> int:
    """Count unread notifications, up to 100."""
    unread = select(Notification.id).where(Notification.user_id == user_id, Notification.read_at.is_(None)).limit(100)
    return db.session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def refused_kinds(user_id: int) -> set[str]:
    """Return the kinds that the person does not want by mail."""
    refused = select(MailPreference.kind).where(MailPreference.user_id == user_id, MailPreference.wanted.is_(False))
    return set(db.session.scalars(refused))
