"""State machines: a table per entity (from, to, who may), applied by conditional UPDATE, so that one of two wins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, CursorResult, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped

from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotAllowed
from marketplace.core.states import State

S = TypeVar("S", bound=State)


class Stateful(Protocol):
    """A model with an id and a state column."""

    id: Mapped[int]

    @property
    def state(self) -> Any:
        """The entity's current State."""


class Transitions(Generic[S]):
    """The transition table of one entity."""

    def __init__(self, states: type[S], moves: Iterable[tuple[str, str, str]]) -> None:
        """`moves`: rows of (from, to, who may: "client", "admin", "clock" and so on, space-separated)."""
        self._by_step = {(states(source), states(target)): frozenset(by.split()) for source, target, by in moves}

    def __iter__(self) -> Iterable[tuple[S, S, frozenset[str]]]:
        return ((source, target, by) for (source, target), by in self._by_step.items())

    def allows(self, source: S, target: S, by: str) -> bool:
        """Whether `by` may move the entity from `source` to `target`."""
        return by in self._by_step.get((source, target), ())


def move(
    entity: Stateful, target: S, by: str, table: Transitions[S], *conditions: ColumnElement[bool], **values: Any
) -> None:
    """Move `entity` to `target` and set `values`, unless its stored state has changed meanwhile.

    Raises NotAllowed when the table has no such transition for `by`, Conflict when another transaction was faster or
    when one of the extra SQL `conditions` (on the entity's table) does not hold.
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


def move_all(
    model: type[Stateful],
    sources: Iterable[S],
    target: S,
    by: str,
    table: Transitions[S],
    *conditions: ColumnElement[bool],
    **values: Any,
) -> None:
    """Move all rows in one of `sources` that meet `conditions` to `target`, in one UPDATE; loaded entities are updated
    too.

    Raises NotAllowed when the table has no such transition for `by` from one of the sources.
    """
    known = list(sources)
    if not all(table.allows(source, target, by) for source in known):
        raise NotAllowed(f"Not all of these can go to {_words(target)}.")
    db.session.execute(
        update(model)
        .where(_column(model, "state").in_(known), *conditions)
        .values(state=target, **values)
        .execution_options(synchronize_session="fetch")
    )


def _column(model: type[Any], name: str) -> InstrumentedAttribute[Any]:
    return getattr(model, name)


def _words(state: str) -> str:
    return state.replace("_", " ")
