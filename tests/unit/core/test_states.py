"""The models' states equal those allowed by the migrated database, and each has a label."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, inspect
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from marketplace.bids.states import MOVES, BidState
from marketplace.core.database import Base, db
from marketplace.core.states import State
from tests.support.databases import POSTGRES

pytestmark = pytest.mark.both_engines


REWRITTEN = {"in", "any", "array", "between", "and", "=", "<>", "!=", ">=", "<="}
"""Words and operators that PostgreSQL replaces by others when it stores a condition."""
CAST = re.compile(r"::(character varying|[a-z]+)(\[\])?")


def plain(condition: str) -> set[str]:
    """Words of an SQL condition, normalized for layout, quoting, and what PostgreSQL rewrites."""
    words = re.findall(r"[\w<>=+-]+|''", CAST.sub("", condition.replace('"', "")))
    return {word for word in words if not (POSTGRES and word.lower() in REWRITTEN)}


def described(table: str) -> dict[str, set[str]]:
    """Constraint -> words of its condition, by the model."""
    ddl = str(CreateTable(Base.metadata.tables[table]).compile(dialect=sqlite.dialect()))
    return {name: plain(words) for name, words in re.findall(r"CONSTRAINT (ck_\w+) CHECK \((.*)\)", ddl)}


def test_database_allows_the_models_states(app: Flask) -> None:
    with app.app_context():
        inspector = inspect(db.engine)
        for table in Base.metadata.tables:
            migrated = {str(one["name"]): plain(one["sqltext"]) for one in inspector.get_check_constraints(table)}
            assert described(table) == migrated, table


def test_comparison_covers_every_constraint() -> None:
    for name, table in Base.metadata.tables.items():
        assert len(described(name)) == sum(isinstance(one, CheckConstraint) for one in table.constraints)


@pytest.mark.parametrize("states", State.__subclasses__(), ids=lambda states: states.__name__)
def test_every_state_has_label_and_icon(states: type[State]) -> None:
    assert all(state.label and state.icon for state in states)


def test_row_returns_state_as_enum_member() -> None:
    assert BidState("draft") is BidState.DRAFT
    assert MOVES.allows(BidState.DRAFT, BidState.SUBMITTED, "bidder")
    assert not MOVES.allows(BidState.DRAFT, BidState.ACCEPTED, "bidder")
