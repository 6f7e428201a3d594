"""Keyset pagination: a page starts after a key, so page 1,000 costs no more than page 1."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.core.database import UtcDateTime, db

T = TypeVar("T")
PAGE_SIZE = 20
MAX_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[T]):
    """One page of rows, and the cursor of the next (None on the last page)."""

    rows: Sequence[T]
    next_cursor: str | None
    first: bool


def page_of(
    statement: Select[T],
    keys: Sequence[InstrumentedAttribute[Any]],
    cursor: str | None,
    *,
    size: int = PAGE_SIZE,
    descending: bool = True,
) -> KeysetPage[T]:
    """Return rows of `statement` ordered by `keys` (the last one unique) after `cursor`; page one for a bad cursor."""
    after = _decode(cursor, keys)
    columns = tuple_(*keys)
    if after is not None:
        statement = statement.where(columns < tuple_(*after) if descending else columns > tuple_(*after))
    order = [key.desc() if descending else key.asc() for key in keys]
    rows: Sequence[Any] = db.session.scalars(statement.order_by(*order).limit(size + 1)).unique().all()
    more = len(rows) > size
    rows = rows[:size]
    return KeysetPage(rows, _encode([getattr(rows[-1], key.key) for key in keys]) if more else None, after is None)


def _encode(values: Sequence[Any]) -> str:
    plain = [{"at": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _decode(cursor: str | None, keys: Sequence[InstrumentedAttribute[Any]]) -> list[Any] | None:
    """Decode the values of one of our cursors; None for anything else."""
    if not cursor:
        return None
    try:
        values: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        parsed = [_parse(value) for value in values]
    except (ValueError, KeyError, TypeError):
        return None
    usable = len(parsed) == len(keys) and all(map(_fits, parsed, keys))
    return parsed if usable else None


def _parse(value: Any) -> Any:
    return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value  # pyright: ignore[reportUnknownArgumentType]


def _fits(value: Any, key: InstrumentedAttribute[Any]) -> bool:
    wanted = datetime if isinstance(key.type, UtcDateTime) else key.type.python_type
    if not isinstance(value, wanted):
        return False
    if isinstance(value, datetime):
        return value.tzinfo is not None
    return abs(value) <= MAX_INTEGER if isinstance(value, int) else "\0" not in value
