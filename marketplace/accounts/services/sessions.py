"""Sessions as rows: ending one invalidates every copy of its cookie."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, or_, select, update

from marketplace.accounts.models import OpenSession, User
from marketplace.accounts.policy import IDLE, LONGEST, SEEN_EVERY
from marketplace.core.database import db


def begin_session(user_id: int, now: datetime) -> str:
    """Begin a session; return the token for the browser's cookie."""
    token = secrets.token_urlsafe(32)
    db.session.add(OpenSession(digest=_digest(token), user_id=user_id, began_at=now, last_seen=now))
    db.session.flush()
    return token


def session_with(token: str) -> tuple[OpenSession, User] | None:
    """Return the session of a cookie's token and its person, expired or not; None once it is ended."""
    found = db.session.execute(
        select(OpenSession, User).join(User, OpenSession.user_id == User.id).where(OpenSession.digest == _digest(token))
    ).first()
    return (found[0], found[1]) if found else None


def note_seen(session_id: int, now: datetime) -> None:
    """Record that a session is in use; of several pages at once only one writes."""
    db.session.execute(
        update(OpenSession)
        .where(OpenSession.id == session_id, OpenSession.last_seen <= now - SEEN_EVERY)
        .values(last_seen=now)
        .execution_options(synchronize_session=False)
    )


def end_session(token: str) -> None:
    """End one session; the person's other sessions go on."""
    _end(OpenSession.digest == _digest(token))


def end_sessions(user: User, *, but: str = "") -> None:
    """End all sessions of a person, except the one with the token `but`."""
    _end(OpenSession.user_id == user.id, OpenSession.digest != _digest(but))


def forget_sessions(now: datetime, limit: int = 1_000) -> int:
    """Delete expired sessions, at most `limit`; return how many. The caller commits."""
    over = or_(OpenSession.last_seen <= now - IDLE, OpenSession.began_at <= now - LONGEST)
    return _end(OpenSession.id.in_(select(OpenSession.id).where(over).limit(limit)), over)


def _end(*which: Any) -> int:
    ended: CursorResult[Any] = db.session.execute(  # pyright: ignore[reportAssignmentType]
        delete(OpenSession).where(*which).execution_options(synchronize_session=False)
    )
    return ended.rowcount


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
