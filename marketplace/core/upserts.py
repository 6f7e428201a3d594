"""INSERT ... ON CONFLICT, in the dialect of either database."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from marketplace.core.database import db


def insert(model: Any) -> postgresql.Insert | sqlite.Insert:
    """Return the dialect's INSERT, which has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return (sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql).insert(model)


def insert_once(model: Any, values: dict[str, Any], *unique: str) -> bool:
    """Insert a row unless one with the same values in the columns `unique` exists; return whether it was inserted.

    If another transaction is inserting the same row, this waits for it to end.
    """
    statement = insert(model).values(values).on_conflict_do_nothing(index_elements=unique)
    return db.session.execute(statement.returning(getattr(model, unique[0]))).first() is not None
