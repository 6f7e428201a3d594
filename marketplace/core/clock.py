"""The current time, from the database's clock, so that all processes agree on when a deadline has passed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import func, select

from marketplace.core.database import UtcDateTime, db


class Clock(Protocol):
    """Tells the time; services take the result as `now`, never the clock itself."""

    def now(self) -> datetime: ...


class DatabaseClock:
    """The database server's time in UTC: microseconds on PostgreSQL, milliseconds on SQLite."""

    def now(self) -> datetime:
        if db.engine.dialect.name == "sqlite":
            return datetime.now(UTC)  # same machine, and finer resolution than SQLite's own clock
        moment = db.session.scalar(select(func.clock_timestamp(type_=UtcDateTime)))
        return moment or datetime.now(UTC)


class FixedClock:
    """A clock that tests set by hand."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment
