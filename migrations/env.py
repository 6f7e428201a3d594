"""Runs the migrations on the application's own database connection."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from marketplace.core.database import Base, db
from marketplace.core.patience import of_migrations


def leave_out_search_tables(_object: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """The full-text index is the database's own (marketplace.jobs.search), not a model."""
    return not (kind in ("table", "index") and (name or "").startswith("job_search"))


def run() -> None:
    """Migrate inside one transaction; SQLite rebuilds a table where it can't alter one (render_as_batch)."""
    patience = of_migrations(current_app.extensions["settings"])
    with db.engine.execution_options(patience=patience).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=leave_out_search_tables,
            transactional_ddl=True,
            **current_app.extensions["migrate"].configure_args,
        )
        if connection.dialect.name == "sqlite":
            _run_on_sqlite(connection)
        else:
            with context.begin_transaction():
                context.run_migrations()


def _run_on_sqlite(connection: Connection) -> None:
    """Look at references at the end only, since a table that others refer to can't be dropped to be rebuilt.

    The steps are those of sqlite.org/lang_altertable.html#otheralter; inside a transaction the setting changes nothing.
    """
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        with context.begin_transaction():
            context.run_migrations()
            if astray := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                raise RuntimeError(f"rows that refer to nothing: {astray[:5]}")
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")


run()
