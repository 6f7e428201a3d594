"""Timeouts of PostgreSQL: no wait for a vanished host or a lock is unbounded.

Everything works through PgBouncer in transaction mode: settings are set at the start of each transaction (SET LOCAL
ends with it), never in the startup packet, which PgBouncer refuses, and never for a session.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout  # pyright: ignore[reportPrivateUsage] (what Connection.wait is documented to raise)
from sqlalchemy import Connection, Engine, event

from config.settings import Settings

RV = TypeVar("RV")

PING_SECONDS = 3
"""Seconds to wait for the check whether a pooled connection is alive."""
AWAY_SECONDS = 5
"""Seconds without new connections after a connect timed out, so that a lost host delays one person, not all."""
GRACE_SECONDS = 2
"""Seconds beyond the server's own timeout in which it may report it, before we hang up."""


@dataclass(frozen=True)
class Patience:
    """Timeouts in seconds; 0 sets no bound."""

    statement: int
    lock: int
    idle: int
    """Idle in a transaction, between two statements."""

    @property
    def settings(self) -> str:
        """Return the settings to send to PostgreSQL."""
        return (
            f"SET LOCAL statement_timeout = '{self.statement}s'; SET LOCAL lock_timeout = '{self.lock}s'; "
            f"SET LOCAL idle_in_transaction_session_timeout = '{self.idle}s'"
        )


def of_pages(settings: Settings) -> Patience:
    """Timeouts where a person waits."""
    return Patience(settings.page_statement_seconds, settings.page_lock_seconds, 2 * settings.page_statement_seconds)


def of_work(settings: Settings) -> Patience:
    """Timeouts of workers and commands."""
    return Patience(settings.work_statement_seconds, settings.work_lock_seconds, 2 * settings.work_statement_seconds)


def of_migrations(settings: Settings) -> Patience:
    """Timeouts of migrations: unbounded for building an index, but not for table locks, which block all others."""
    return Patience(statement=0, lock=settings.migration_lock_seconds, idle=0)


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that hangs up on a server silent for longer than its own timeouts allow: its host is gone."""

    silence: float | None = 10
    """Seconds that a statement may take: as the transaction says, and this value until the first one has."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        bound = PING_SECONDS if self.autocommit else self.silence
        try:
            return super().wait(gen, interval, bound if timeout is None else timeout)
        except _WaitTimeout as error:
            if timeout is not None:
                raise
            self.close()
            raise psycopg.OperationalError(f"the database said nothing for {bound} s") from error


def connect_options(connect_seconds: int) -> dict[str, Any]:
    """Options of psycopg: no prepared statements, which break under PgBouncer; keepalives that detect a lost host."""
    options: dict[str, Any] = {
        "prepare_threshold": None,
        "connect_timeout": connect_seconds,
        "keepalives": 1,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    return options | ({"tcp_user_timeout": 10_000} if sys.platform == "linux" else {})


def bound_waiting(engine: Engine, patience: Patience) -> None:
    """Set the timeouts at the start of each transaction; the engine's execution option `patience` overrides them."""
    away_until = 0.0

    def connect(_dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]) -> BoundedConnection:
        nonlocal away_until
        if time.monotonic() < away_until:
            raise psycopg.OperationalError("the database did not answer a moment ago, and is not asked yet")
        try:
            return BoundedConnection.connect(*arguments, **options)
        except psycopg.errors.ConnectionTimeout:
            away_until = time.monotonic() + AWAY_SECONDS
            raise

    def on_begin(connection: Connection) -> None:
        wanted: Patience = connection.get_execution_options().get("patience", patience)
        raw = cast(BoundedConnection, connection.connection.driver_connection)
        raw.silence = wanted.statement + GRACE_SECONDS if wanted.statement else None
        raw.execute(wanted.settings.encode())

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "begin", on_begin)
