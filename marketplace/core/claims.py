"""Leases on due rows: a worker claims a batch, and a fencing token rejects a worker whose lease ran out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Row, String, Table, Update, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import among, db

T = TypeVar("T", bound="Due")


class Due:
    """Columns of a row that a worker has to process at `due_at` (UTC); None means nothing is due."""

    due_at: Mapped[datetime | None] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(32))


def claim_due(model: type[T], now: datetime, limit: int, seconds: int, **values: Any) -> list[T]:
    """Lease up to `limit` due rows for `seconds`, oldest first, and set `values` on them; no row goes to two workers.

    PostgreSQL skips rows that another transaction holds; SQLite's write lock has the same effect. The caller commits,
    does the work, and then stores through `lock_claimed`.
    """
    taken = _take(model, now, limit, seconds, values)
    if taken is None:
        return []
    rows = db.session.scalars(taken.returning(model).execution_options(populate_existing=True)).all()
    return sorted(rows, key=lambda row: row.due_at or now)


def claim_due_columns(
    model: type[Due], now: datetime, limit: int, seconds: int, columns: Sequence[str], **values: Any
) -> Sequence[Row[Any]]:
    """Like `claim_due`, but return rows of `columns` and `lease_token`, unordered: loading many entities is slow."""
    taken = _take(model, now, limit, seconds, values)
    if taken is None:
        return []
    table = table_of(model)
    return db.session.execute(taken.returning(*(table.c[name] for name in (*columns, "lease_token")))).all()


def _take(model: type[Due], now: datetime, limit: int, seconds: int, values: dict[str, Any]) -> Update | None:
    """Return the UPDATE that leases due rows, or None when no row is due."""
    key = _primary_key(model)
    ids = db.session.scalars(
        select(key)
        .where(model.due_at <= now, or_(model.leased_until.is_(None), _is_over(model, now, seconds)))
        .order_by(model.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    if not ids:
        return None
    leased = {"leased_until": now + timedelta(seconds=seconds), "lease_token": secrets.token_hex(16)}
    taken = update(model).where(among(key, ids)).values(**leased, **values)
    return taken.execution_options(synchronize_session=False)


def lock_claimed(model: type[T], row_id: int, token: str) -> T | None:
    """Lock and return the row if our lease still holds; None when it ran out and another worker claimed the row."""
    return db.session.scalar(
        select(model)
        .where(_primary_key(model) == row_id, model.lease_token == token)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def lock_all_claimed(model: type[T], tokens: Mapping[int, str]) -> list[T]:
    """Lock, in order of id, and return the rows (id -> token) whose lease still holds."""
    mine = select(model).where(*_ours(model, tokens)).order_by(_primary_key(model))
    locked = mine.with_for_update(key_share=True).execution_options(populate_existing=True)
    return list(db.session.scalars(locked))


def lock_claimed_columns(model: type[Due], tokens: Mapping[int, str], columns: Sequence[str]) -> Sequence[Row[Any]]:
    """Like `lock_all_claimed`, but return only `columns`: loading many entities is slow."""
    table = table_of(model)
    mine = select(*(table.c[name] for name in columns)).where(*_ours(model, tokens)).order_by(_primary_key(model))
    return db.session.execute(mine.with_for_update(key_share=True)).all()


def renew_claims(model: type[Due], tokens: Mapping[int, str], now: datetime, seconds: int) -> None:
    """Extend the leases that still hold (id -> token); a row locked by another transaction is skipped this time."""
    key = _primary_key(model)
    mine = select(key).where(*_ours(model, tokens))
    ids = db.session.scalars(mine.with_for_update(skip_locked=True, key_share=True)).all()
    db.session.execute(
        update(model)
        .where(among(key, ids))
        .values(leased_until=now + timedelta(seconds=seconds))
        .execution_options(synchronize_session=False)
    )


def end_claim(row: Due, due_at: datetime | None) -> None:
    """End the lease; the row is due again at `due_at`, or never (None)."""
    row.due_at, row.leased_until, row.lease_token = due_at, None, None


def give_back_claims(model: type[Due], tokens: Mapping[int, str], **values: Any) -> None:
    """End the leases that still hold (id -> token), leave `due_at` as it was, and set `values`."""
    given = update(model).where(*_ours(model, tokens)).values(leased_until=None, lease_token=None, **values)
    db.session.execute(given.execution_options(synchronize_session=False))


def key_of(row: Due) -> int:
    """Return the row's primary key."""
    return getattr(row, _primary_key(type(row)).key)


def table_of(model: type[Any]) -> Table:
    """Return the model's table, for bulk statements without entities."""
    return cast("Table", model.__table__)


def _is_over(model: type[Due], now: datetime, seconds: int) -> ColumnElement[bool]:
    """SQL: the lease ran out, or ends later than any lease made now would (made before the clock was set back)."""
    return or_(model.leased_until <= now, model.leased_until > now + timedelta(seconds=2 * seconds))


def _ours(model: type[Due], tokens: Mapping[int, str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return among(_primary_key(model), tokens), model.lease_token.in_(set(tokens.values()))


def _primary_key(model: type[Any]) -> Any:
    return model.__mapper__.primary_key[0]
