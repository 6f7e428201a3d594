"""Rows whose truth lies with the provider: due while it has to be asked, with a pause that grows."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.backoff import Backoff
from marketplace.core.claims import Due

ASK_AGAIN = Backoff(timedelta(seconds=10), timedelta(hours=6))
"""After answers that settled nothing."""


class Asked(Due):
    """Columns of a row about which the provider is asked again and again until it can say."""

    id: Mapped[int] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0)
    """How often the provider was asked since the last hint."""
    hints: Mapped[int] = mapped_column(default=0)
    """Counts the causes to ask, so that one that comes in while we ask is not lost."""


def hint(row: Asked, now: datetime) -> None:
    """Have the provider asked about `row` at once, and then at pauses that begin small again."""
    row.due_at, row.hints, row.attempts = now, row.hints + 1, 0
