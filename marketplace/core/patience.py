"""How long PostgreSQL is waited for: nobody waits for ever, on a host that vanished or behind somebody's lock.

Everything works through PgBouncer in transaction mode: what the server has to know is said at each transaction's begin
(SET LOCAL ends with it), never in the startup packet, which PgBouncer refuses, and never for a session.
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
"""For the question whether a pooled connection still answers."""
AWAY_SECONDS = 5
"""How long nobody tries to connect after one waited in vain: a host that is gone makes one person wait, not all."""
GRACE_SECONDS = 2
"""What the server gets beyond its own timeout to say so before we hang up."""


@dataclass(frozen=True)
class Patience:
    """Seconds; 0 sets no bound."""

    statement: int
    lock: int
    idle: int
    """In a transaction, between two statements."""

    @property
    def settings(self) -> str:
        """What PostgreSQL is told."""
        return (
            f"SET LOCAL statement_timeout = '{self.statement}s'; SET LOCAL lock_timeout = '{self.lock}s'; "
            f"SET LOCAL idle_in_transaction_session_timeout = '{self.idle}s'"
        )


def of_pages(settings: Settings) -> Patience:
    """A person waits."""
    return Patience(settings.page_statement_seconds, settings.page_lock_seconds, 2 * settings.page_statement_seconds)


def of_work(settings: Settings) -> Patience:
    """Workers and commands."""
    return Patience(settings.work_statement_seconds, settings.work_lock_seconds, 2 * settings.work_statement_seconds)


def of_migrations(settings: Settings) -> Patience:
    """Building an index takes what it takes; but who waits for a table's lock makes all others wait behind."""
    return Patience(statement=0, lock=settings.migration_lock_seconds, idle=0)


class BoundedConnection(psycopg.Connection[Any]):
    """Hangs up on a server that says nothing for longer than its own timeouts allow: its host is gone."""

    silence: float | None = 10
    """Seconds that a statement may take: what the transaction says, and this until the first one has."""

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
    """For psycopg: no prepared statements, which PgBouncer mixes up, and a network that notices a host that is gone."""
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
    """Say at each transaction's begin what the server may take; the engine's execution option `patience` overrides."""
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
