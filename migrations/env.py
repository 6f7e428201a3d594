"""Runs the migrations on the application's own database connection."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

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
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
