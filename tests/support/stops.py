"""Block a transaction at one step, so that a test can kill its process in the middle of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg.sql import SQL, Identifier


@dataclass(frozen=True)
class Step:
    """A change of a row; PostgreSQL rolls it back when its client dies."""

    event: LiteralString
    """INSERT or UPDATE."""
    table: LiteralString
    when: LiteralString
    """SQL condition on the rows `old` and `new`."""
    commits: bool = False
    """Block inside the commit instead: it succeeds although the client is dead."""


@contextmanager
def held_at(url: str, step: Step) -> Generator[Callable[[], bool]]:
    """Block the step during the block; yields a function that tells whether somebody waits there."""
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
