"""Full-text search in titles and briefs by each database's own means: FTS5 on SQLite, a GIN index on PostgreSQL."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, Connection, event, func, literal_column, select, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import aliased

from marketplace.jobs.models import Job

MAX_WORDS = 8
_DOCUMENT = "to_tsvector('english'::regconfig, title || ' ' || spec)"

_CREATE = {
    "sqlite": [
        """CREATE VIRTUAL TABLE job_search USING fts5(
            title, spec, content='jobs', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')""",
        "INSERT INTO job_search (job_search) VALUES ('rebuild')",
        """CREATE TRIGGER job_search_add AFTER INSERT ON jobs BEGIN
            INSERT INTO job_search (rowid, title, spec) VALUES (new.id, new.title, new.spec); END""",
        """CREATE TRIGGER job_search_drop AFTER DELETE ON jobs BEGIN
            INSERT INTO job_search (job_search, rowid, title, spec) VALUES ('delete', old.id, old.title, old.spec);
            END""",
        """CREATE TRIGGER job_search_change AFTER UPDATE OF title, spec ON jobs BEGIN
            INSERT INTO job_search (job_search, rowid, title, spec) VALUES ('delete', old.id, old.title, old.spec);
            INSERT INTO job_search (rowid, title, spec) VALUES (new.id, new.title, new.spec); END""",
    ],
    "postgresql": [f"CREATE INDEX job_search ON jobs USING gin (({_DOCUMENT}))"],
}
_DROP = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS job_search_add",
        "DROP TRIGGER IF EXISTS job_search_drop",
        "DROP TRIGGER IF EXISTS job_search_change",
        "DROP TABLE IF EXISTS job_search",
    ],
    "postgresql": ["DROP INDEX IF EXISTS job_search"],
}


def create_search_index(connection: Connection) -> None:
    """Index existing jobs, and by triggers each one added or changed from now on.

    A migration that rebuilds SQLite's jobs table loses the triggers: it must drop this index first and create it after.
    """
    _run(connection, _CREATE)


def drop_search_index(connection: Connection) -> None:
    """Undo `create_search_index`."""
    _run(connection, _DROP)


def matches(typed: str, dialect: Dialect) -> ColumnElement[bool] | None:
    """Condition that a job contains every typed word or a longer one with that prefix; None when none was typed."""
    words = re.findall(r"[^\W_]+", typed.lower())[:MAX_WORDS]
    if not words:
        return None
    if dialect.name == "sqlite":
        query = " ".join(f'"{word}"*' for word in words)
        found = text("SELECT rowid FROM job_search WHERE job_search MATCH :words").bindparams(words=query)
        return Job.id.in_(found.columns(Job.id).scalar_subquery())
    query = func.to_tsquery(literal_column("'english'::regconfig"), " & ".join(f"{word}:*" for word in words))
    found = aliased(Job, name="found")
    # OFFSET keeps PostgreSQL from reading every open job's text in the page's order when few or none match
    return Job.id.in_(select(found.id).where(literal_column(_DOCUMENT).op("@@")(query)).offset(0))


def _run(connection: Connection, statements: dict[str, list[str]]) -> None:
    for statement in statements[connection.dialect.name]:
        connection.exec_driver_sql(statement)


@event.listens_for(Job.__table__, "after_create")
def _with_the_table(_table: object, connection: Connection, **_: object) -> None:
    create_search_index(connection)
