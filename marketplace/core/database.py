"""The database for all rooms: declarative base, UTC times, and SQLite settings for concurrent writers."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from pydantic_core import to_json
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    TypeDecorator,
    any_,
    event,
    literal,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, registry

from marketplace.core.patience import connect_options

BUSY_TIMEOUT_SECONDS = 20

_reading: ContextVar[bool] = ContextVar("reading", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """Timezone-aware UTC datetimes, in and out, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime can't be stored: attach UTC to it")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every model; maps Python types to column types."""

    registry = registry(
        type_annotation_map={
            datetime: UtcDateTime,
            dict[str, Any]: JSON,
            list[str]: JSON,
            list[dict[str, Any]]: JSON,
        },
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


@contextmanager
def reading() -> Generator[None]:
    """Mark a block as read-only, so that on SQLite it does not wait for the write lock."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def set_reading(only_reads: bool) -> None:
    """Set whether transactions of the current context (a request) only read."""
    _reading.set(only_reads)


def is_reading() -> bool:
    """Whether the current context is marked read-only."""
    return _reading.get()


def among(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """`column IN ids` for many ids; one array parameter on PostgreSQL, so that the statement text stays the same.

    Parsing an IN list anew each time took a sixth of the time of ranking ten thousand bids.
    """
    if db.engine.dialect.name == "postgresql":
        return column == any_(literal(list(ids), ARRAY(Integer)))
    return column.in_(ids)


def engine_options(url: str, connect_seconds: int) -> dict[str, Any]:
    """Pool and driver options for the database at `url`."""
    options: dict[str, Any] = {"json_serializer": _json}
    if url.startswith("sqlite"):
        return {**options, "connect_args": {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}}
    pool = {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 5, "pool_timeout": 10, "pool_recycle": 1800}
    return {**options, **pool, "connect_args": connect_options(connect_seconds)}


def lock_row(row: Base) -> None:
    """Reload the row and lock it until the transaction ends."""
    db.session.refresh(row, with_for_update={"key_share": True})


class JsonText(str):
    """Text that is JSON already; a JSON column stores it unchanged."""

    __slots__ = ()


def _json(value: Any) -> str:
    return value if isinstance(value, JsonText) else to_json(value).decode()


def prepare_sqlite(engine: Engine) -> None:
    """Write-ahead log, foreign keys, and BEGIN IMMEDIATE for whatever may write.

    A deferred transaction that reads and then writes fails at once when another wrote in between;
    an immediate one waits its turn (sqlite.org/lang_transaction.html).
    """

    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves (below)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if is_reading() else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
