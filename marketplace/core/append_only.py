"""Append-only tables: database triggers refuse UPDATE and DELETE."""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, Connection, Table, event

REFUSAL = "rows of this table are kept for ever"

_SQLITE = """CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"""
_FUNCTION = """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"""
_POSTGRESQL = (
    """CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
)


def protect(connection: Connection, table: str) -> None:
    """Refuse UPDATE and DELETE on `table` from now on."""
    if connection.dialect.name == "postgresql":
        connection.execute(DDL(_FUNCTION.format(refusal=REFUSAL)))
    template = _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE
    for verb in ("UPDATE", "DELETE"):
        connection.execute(DDL(template.format(table=table, verb=verb, refusal=REFUSAL)))


def protect_when_created(table: Any) -> None:
    """Protect a model's table whenever SQLAlchemy creates it."""

    @event.listens_for(table, "after_create")
    def _(target: Table, connection: Connection, **_: Any) -> None:
        protect(connection, target.name)
