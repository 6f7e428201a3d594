"""States and kinds of rows: a Python enum with its display words, and a CHECK on the values in the database."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from sqlalchemy import Enum, TextClause, text

Tone = Literal["", "good", "busy", "warn", "bad"]


class State(StrEnum):
    """A state and its badge: `NAME = value, label, icon, tone`."""

    _value_: str
    label: str
    icon: str
    tone: Tone

    def __new__(cls, value: str, label: str, icon: str = "circle-help", tone: Tone = "") -> State:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.icon, member.tone = label, icon, tone
        return member


def one_of(kinds: type[StrEnum], length: int, check: str = "state_known") -> Enum:
    """Column type for a member of `kinds`, with the CHECK constraint `check`; no constraint without a name."""
    return Enum(
        kinds,
        native_enum=False,
        length=length,
        values_callable=_values,
        create_constraint=bool(check),
        name=check or None,
    )


def _values(kinds: type[StrEnum]) -> list[str]:
    return [str(kind) for kind in kinds]


def is_in(states: Iterable[StrEnum]) -> TextClause:
    """Condition of a partial index over rows in `states`."""
    return text(f"state IN ({', '.join(repr(str(state)) for state in states)})")
