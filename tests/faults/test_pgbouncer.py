"""All works through PgBouncer in transaction mode with three shared connections."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from config.settings import load_settings
from marketplace.app import create_app
from marketplace.core.database import db
from marketplace.core.patience import of_migrations, of_pages
from tests.support.databases import close
from tests.support.pgbouncer import running_pgbouncer
from tests.support.postgres import running_postgres
from tests.support.product import ROOT

pytestmark = pytest.mark.faults
BOUNDS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


@pytest.fixture(scope="module")
def pooled() -> Generator[str]:
    with running_postgres() as server, running_pgbouncer(server) as url:
        yield url


def marketplace(pooled: str, folder: Path, *arguments: str) -> str:
    environment = os.environ | {"DATABASE_URL": pooled, "DATA_DIR": str(folder), "REDIS_URL": ""}
    done = subprocess.run(
        [sys.executable, "-m", "marketplace", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_marketplace_is_created_and_its_ledger_proven(pooled: str, tmp_path: Path) -> None:
    """Every room's services, more than fifty statements of each kind: far past psycopg's threshold for
    preparing them.
    """
    marketplace(pooled, tmp_path, "db", "upgrade")
    marketplace(pooled, tmp_path, "sample")
    marketplace(pooled, tmp_path, "ledger", "verify")


@pytest.fixture
def apps(pooled: str, tmp_path: Path) -> Generator[tuple[Flask, Flask]]:
    """The applications of a web process and of a worker."""
    settings = load_settings(data_dir=tmp_path, database_url=pooled, redis_url="")
    made = create_app(settings, patience=of_pages(settings)), create_app(settings)
    yield made
    for app in made:
        close(app)


def bounds(app: Flask) -> list[str]:
    with app.app_context():
        return [str(db.session.scalar(text(f"SHOW {name}"))) for name in BOUNDS]


def test_pages_and_workers_keep_their_own_timeouts_on_shared_connections(apps: tuple[Flask, Flask]) -> None:
    pages, work = apps
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(bounds, [pages, work] * 50))
    assert told == [["15s", "5s", "30s"], ["2min", "30s", "4min"]] * 50


def test_migrations_wait_briefly_for_locks_and_run_without_limit(apps: tuple[Flask, Flask]) -> None:
    app = apps[1]
    with app.app_context():
        engine = db.engine.execution_options(patience=of_migrations(app.extensions["settings"]))
        with engine.connect() as connection:
            assert [connection.scalar(text(f"SHOW {name}")) for name in BOUNDS] == ["0", "5s", "0"]


def test_connection_keeps_no_session_state(pooled: str, apps: tuple[Flask, Flask]) -> None:
    """State that one process leaves on a connection would affect the next one."""
    bounds(apps[0])
    with apps[1].app_context(), db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.autocommit = True
        assert [raw.execute(f"SHOW {name}").fetchone()[0] for name in BOUNDS] == ["0", "0", "0"]
        assert raw.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0] == 0
        raw.autocommit = False
