"""Tests whose outcome the database engine decides run on PostgreSQL too: rivals, SQL of our own, migrations, money."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.product import ROOT

FOLDERS = ("tests/unit", "tests/web", "tests/workers")
DATABASE = ("flask.Flask", "marketplace.core.database")
"""Whoever imports neither asks no database."""
SIGNS = (
    "threading",
    "concurrent.futures",
    "tests.support.race",
    "tests.support.queries",
    "tests.support.money",
    "flask_migrate",
    "sqlalchemy.text",
    "sqlalchemy.exc",
    "sqlalchemy.dialects",
    "marketplace.payments.services",
)
CALLS = ("exec_driver_sql", "with_for_update", "skip_locked")
MARK = "both_engines"


def imported(source: str) -> Iterator[str]:
    """Every module and name that the source imports, as `module` and `module.name`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def signs_of(source: str) -> list[str]:
    """What in the source makes its outcome depend on the engine."""
    names = set(imported(source))
    if not names.intersection(DATABASE):
        return []
    found = [sign for sign in SIGNS if any(name == sign or name.startswith(f"{sign}.") for name in names)]
    return [*found, *(call for call in CALLS if call in source)]


@pytest.mark.parametrize(
    "path",
    [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("test_*.py"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_what_depends_on_the_engine_is_marked_to_run_on_both(path: Path) -> None:
    source = path.read_text()
    signs = signs_of(source)
    assert not signs or f"pytest.mark.{MARK}" in source, f"uses {', '.join(signs)} without the mark {MARK}"
