"""What time it is: the database's own clock, so that every process agrees on when a deadline has passed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import func, select

from marketplace.core.database import UtcDateTime, db


class Clock(Protocol):
    """Tells the time; services take the answer as `now`, never the clock itself."""

    def now(self) -> datetime: ...


class DatabaseClock:
    """The database server's time, UTC, to the microsecond on PostgreSQL and the millisecond on SQLite."""

    def now(self) -> datetime:
        if db.engine.dialect.name == "sqlite":
            return datetime.now(UTC)  # the same machine, and a finer clock than SQLite's own
        moment = db.session.scalar(select(func.clock_timestamp(type_=UtcDateTime)))
        return moment or datetime.now(UTC)


class FixedClock:
    """A clock that a test moves by hand."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment
