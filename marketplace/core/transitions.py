"""State machines as one table per entity: from, to, who may; moved by a conditional UPDATE so that two can't win."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import ColumnElement, CursorResult, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped

from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotAllowed


class Stateful(Protocol):
    """A model with an id and a state column."""

    id: Mapped[int]
    state: Mapped[str]


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed step: from one state to another, by any of these parts ("client", "bidder", "admin", "clock")."""

    source: str
    target: str
    by: frozenset[str]


class Transitions:
    """The table of moves of one entity."""

    def __init__(self, moves: Iterable[tuple[str, str, str]]) -> None:
        """`moves`: rows of (from, to, who may, space-separated)."""
        self.moves = tuple(Move(source, target, frozenset(by.split())) for source, target, by in moves)
        self._by_step = {(move.source, move.target): move for move in self.moves}

    def allows(self, source: str, target: str, by: str) -> bool:
        """Whether `by` may move the entity from `source` to `target`."""
        move = self._by_step.get((source, target))
        return move is not None and by in move.by

    def targets(self, source: str, by: str) -> frozenset[str]:
        """The states that `by` can reach in one step from `source`."""
        return frozenset(move.target for move in self.moves if move.source == source and by in move.by)

    def sources(self, target: str) -> frozenset[str]:
        """The states from which `target` can be reached in one step."""
        return frozenset(move.source for move in self.moves if move.target == target)


def move(
    entity: Stateful, target: StrEnum, by: str, table: Transitions, *conditions: ColumnElement[bool], **values: Any
) -> None:
    """Move `entity` to `target` and set `values`, if the database still agrees that it may.

    Raises NotAllowed when the table has no such step for `by`, Conflict when another transaction was
    faster or when one of the extra SQL `conditions` (on the entity's table) does not hold.
    """
    source = entity.state
    if not table.allows(source, target, by):
        raise NotAllowed(f"This can't go from {_words(source)} to {_words(target)}.")
    model = type(entity)
    db.session.flush()
    statement = (
        update(model)
        .where(_column(model, "id") == entity.id, _column(model, "state") == source, *conditions)
        .values(state=target, **values)
        .execution_options(synchronize_session=False)
    )
    result: CursorResult[Any] = db.session.execute(statement)  # pyright: ignore[reportAssignmentType]
    db.session.refresh(entity)
    if result.rowcount != 1:
        raise Conflict(f"This has changed since you opened it: it is {_words(entity.state)} now.")


def _column(model: type[Any], name: str) -> InstrumentedAttribute[Any]:
    return getattr(model, name)


def _words(state: str) -> str:
    return state.replace("_", " ")
