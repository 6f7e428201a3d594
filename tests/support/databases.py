"""A clean database for each test: a copied SQLite file, or an emptied PostgreSQL database."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from marketplace.core.database import db

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")
"""Address of a server on which databases may be created; empty: tests run on SQLite."""

WRITES = re.compile(r"\s*(insert|update|delete)\b", re.IGNORECASE)


class Databases:
    """Create one migrated template per test process, and a clean database from it for each test."""

    def __init__(self, folder: Path, worker: str, migrate: Callable[[str], None]) -> None:
        if POSTGRES:
            self.url = self._create_postgres(f"prebuilt_test_{worker}")
            self._engine = create_engine(make_url(self.url).set(drivername="postgresql+psycopg"))
        else:
            self.template = folder / "template.sqlite3"
            self.url = f"sqlite:///{self.template}"
        migrate(self.url)

    def clean(self, folder: Path) -> str:
        """Return the address of an empty, migrated database."""
        if POSTGRES:
            _empty(self._engine)
            return self.url
        copy = folder / "test.sqlite3"
        shutil.copyfile(self.template, copy)
        return f"sqlite:///{copy}"

    def rest(self, app: Flask) -> None:
        """Keep connections to PostgreSQL between tests: each new one would have to load all table metadata again."""
        if POSTGRES:
            with app.app_context():
                db.session.remove()
        else:
            close(app)

    def end(self) -> None:
        """Disconnect from the server."""
        if POSTGRES:
            self._engine.dispose()

    @staticmethod
    def _create_postgres(name: str) -> str:
        server = create_engine(make_url(POSTGRES).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        server.dispose()
        return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


def _empty(engine: Engine) -> None:
    """Delete all rows and reset sequences; many times faster than TRUNCATE, which recreates every table's files."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers, no foreign keys
        filled = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")"  # noqa: S608 (our own tables)
            for name in db.metadata.tables
        )
        for name in connection.scalars(text(filled)).all():
            connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608
        connection.execute(
            text(
                "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
                " FROM pg_sequences WHERE last_value IS NOT NULL"
            )
        )


def close(app: Flask) -> None:
    """Close the app's connections."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
