"""Rows whose state is owned by the provider: due while the provider must be polled, with backoff."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.backoff import Backoff
from marketplace.core.claims import Due

ASK_AGAIN = Backoff(timedelta(seconds=10), timedelta(hours=6))
"""Backoff after inconclusive answers."""


class Asked(Due):
    """Columns of a row polled at the provider until the answer is final."""

    id: Mapped[int] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0)
    """Number of polls since the last hint."""
    hints: Mapped[int] = mapped_column(default=0)
    """Number of hints; a poll that finds it increased is repeated, so no hint is lost."""


def hint(row: Asked, now: datetime) -> None:
    """Make `row` due now and restart its backoff."""
    row.due_at, row.hints, row.attempts = now, row.hints + 1, 0
