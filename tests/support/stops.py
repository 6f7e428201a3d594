"""Makes whoever comes to one step of their transaction wait there, so that a test can kill them in the middle of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg.sql import SQL, Identifier


@dataclass(frozen=True)
class Step:
    """A change of a row; PostgreSQL undoes it when its client dies."""

    event: LiteralString
    """INSERT or UPDATE."""
    table: LiteralString
    when: LiteralString
    """SQL that holds of the rows `old` and `new`."""
    commits: bool = False
    """Wait inside the commit instead: it goes through although nobody is left to hear of it."""


@contextmanager
def held_at(url: str, step: Step) -> Generator[Callable[[], bool]]:
    """While the block runs nobody gets past the step; the block's value tells whether somebody waits there."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            SQL(
                "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END';"
                "CREATE CONSTRAINT TRIGGER stop AFTER {event} ON {table} DEFERRABLE INITIALLY {moment}"
                " FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION stop();"
                "SELECT pg_advisory_lock(1)"
            ).format(
                event=SQL(step.event),
                table=Identifier(step.table),
                moment=SQL("DEFERRED" if step.commits else "IMMEDIATE"),
                when=SQL(step.when),
            )
        )
        waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        try:
            yield lambda: connection.execute(waiting).fetchone() is not None
        finally:
            connection.execute("SELECT pg_advisory_unlock_all()")
            connection.execute("DROP FUNCTION stop CASCADE")
