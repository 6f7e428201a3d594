"""Processes of the previous release work on the new schema while a deploy replaces them one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from config.settings import load_settings
from marketplace.app import create_app
from tests.support.databases import close
from tests.support.old_release import before
from tests.support.product import ROOT

pytestmark = pytest.mark.both_engines

VERSIONS = ROOT / "migrations" / "versions"
NEWEST = Path(ScriptDirectory(str(ROOT / "migrations")).get_revision("head").path)
FEE_BPS = 700


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'shared.sqlite3'}"


def migrated(database: str, folder: Path, revision: str) -> None:
    app = create_app(load_settings(database_url=database, data_dir=folder, redis_url="", fee_bps=FEE_BPS))
    with app.app_context():
        upgrade(revision=revision)
    close(app)


def counted(database: str, *tables: str) -> list[int]:
    engine = create_engine(database)
    with engine.connect() as connection:
        counts = [connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]  # noqa: S608
    engine.dispose()
    return counts


def test_previous_release_works_on_the_newest_schema(database: str, tmp_path: Path) -> None:
    migrated(database, tmp_path, "head")
    before(NEWEST, tmp_path / "old").command("sample", DATABASE_URL=database, DATA_DIR=str(tmp_path))
    assert all(counted(database, "jobs", "bids", "contracts", "ledger_entries", "reviews"))


def test_contract_by_a_process_without_fees_gets_todays_fee(database: str, tmp_path: Path) -> None:
    migrated(database, tmp_path, "0013")
    old = before(VERSIONS / "0012_contract_fees.py", tmp_path / "old")
    old.command("sample", DATABASE_URL=database, DATA_DIR=str(tmp_path), FEE_BPS=str(FEE_BPS))
    engine = create_engine(database)
    with engine.connect() as connection:
        fees = set(connection.scalars(text("SELECT fee_bps FROM contracts")))
    engine.dispose()
    assert fees == {FEE_BPS}
