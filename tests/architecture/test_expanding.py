"""Every migration leaves the processes of the release before able to read and write, and invents nothing for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.script import Script, ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import inspect

from config.settings import load_settings
from marketplace.app import create_app
from marketplace.core.database import db
from tests.support.databases import close
from tests.support.product import ROOT

SINCE = "0012"
"""The rule is held from here on."""
Schema = dict[str, dict[str, Any]]


def migrations() -> list[Script]:
    """All after SINCE, oldest first."""
    history = list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions(SINCE, "head"))
    return [script for script in reversed(history) if script.revision != SINCE]


def schema() -> Schema:
    """Table -> column -> what is known of it."""
    inspector = inspect(db.engine)
    return {
        table: {column["name"]: column for column in inspector.get_columns(table)}
        for table in inspector.get_table_names()
        if not table.startswith("job_search")
    }


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Schema, Schema]]]:
    """Revision -> the schema before and after it."""
    folder = tmp_path_factory.mktemp("steps")
    app = create_app(load_settings(database_url=f"sqlite:///{folder / 'own.sqlite3'}", data_dir=folder, redis_url=""))
    found: dict[str, tuple[Schema, Schema]] = {}
    with app.app_context():
        upgrade(revision=SINCE)
        for script in migrations():
            was = schema()
            upgrade(revision=script.revision)
            found[script.revision] = was, schema()
    yield found
    close(app)


def offences(was: Schema, now: Schema, true_defaults: dict[str, str]) -> list[str]:
    """What the release before would trip over, or what would be invented for its rows."""
    found = [f"{table} is gone" for table in was.keys() - now.keys()]
    for table, columns in was.items():
        new = now.get(table, columns)
        found += [f"{table}.{name} is gone" for name in columns.keys() - new.keys()]
        for name, column in new.items():
            label, is_needed = f"{table}.{name}", not column["nullable"]
            if name in columns:
                if is_needed and columns[name]["nullable"]:
                    found.append(f"{label} must not be NULL any more")
            elif is_needed and column["default"] is None:
                found.append(f"{label} is NOT NULL without a default: old processes can't insert")
            elif column["default"] is not None and not true_defaults.get(label):
                found.append(f"{label} has a default: say in TRUE_DEFAULTS why it is true of what old processes insert")
    return found


@pytest.mark.parametrize("script", migrations(), ids=lambda script: script.revision)
def test_the_release_before_can_go_on(script: Script, steps: dict[str, tuple[Schema, Schema]]) -> None:
    assert offences(*steps[script.revision], getattr(script.module, "TRUE_DEFAULTS", {})) == []


OLD: Schema = {"contracts": {"id": {"nullable": False, "default": None}, "note": {"nullable": True, "default": None}}}


@pytest.mark.parametrize(
    ("columns", "offence"),
    [
        ({"fee": {"nullable": False, "default": None}}, "NOT NULL without a default"),
        ({"fee": {"nullable": False, "default": "0"}}, "say in TRUE_DEFAULTS"),
        ({"note": {"nullable": False, "default": None}}, "must not be NULL any more"),
    ],
)
def test_what_the_release_before_would_trip_over_is_found(columns: dict[str, Any], offence: str) -> None:
    [found] = offences(OLD, {"contracts": OLD["contracts"] | columns}, {})
    assert offence in found


def test_what_is_gone_is_found() -> None:
    assert offences(OLD, {}, {}) == ["contracts is gone"]
    assert offences(OLD, {"contracts": {"id": OLD["contracts"]["id"]}}, {}) == ["contracts.note is gone"]


def test_a_column_that_may_be_empty_and_one_with_a_true_default_are_fine() -> None:
    new = {"fee": {"nullable": True, "default": None}, "kind": {"nullable": False, "default": "'plain'"}}
    assert offences(OLD, {"contracts": OLD["contracts"] | new}, {"contracts.kind": "they know no other kind"}) == []
