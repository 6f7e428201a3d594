"""A prototype link, its revisions, and the append-only records of every check."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.append_only import protect_when_created
from marketplace.core.database import Base
from marketplace.core.leases import Due
from marketplace.prototypes.states import WAITING, PrototypeState

DEAD_AFTER_FAILURES = 3
DEAD_AFTER = timedelta(minutes=30)
_STATES = ", ".join(f"'{state}'" for state in PrototypeState)


class Prototype(Due, Base):
    """A link under watch: its newest revision, its state now, and when to look again."""

    __tablename__ = "prototypes"
    __table_args__ = (CheckConstraint(f"state IN ({_STATES})", name="state_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(20), default=PrototypeState.QUEUED)
    requirements: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What to try on it: [{"id", "kind", "value"}], a copy of the job's checkable lines."""
    cause: Mapped[str] = mapped_column(String(60), default="submitted")
    """Why the next check is due; with the prototype and revision it names the check once and for all."""
    summary: Mapped[str] = mapped_column(String(300), default="")
    """The newest verdict in one sentence."""
    met: Mapped[int | None]
    measured: Mapped[int | None]
    response_ms: Mapped[int | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Observed failures in a row."""
    failing_since: Mapped[datetime | None]
    unknowns: Mapped[int] = mapped_column(default=0)
    """Checks in a row that could not tell."""
    checked_at: Mapped[datetime | None]
    requested_at: Mapped[datetime | None]
    """When a person last asked for a check."""
    submitted_at: Mapped[datetime]
    """When this revision's URL was given."""
    watched: Mapped[bool] = mapped_column(default=True)
    """Whether rechecks go on by themselves."""

    @property
    def is_waiting(self) -> bool:
        """A check is due or under way."""
        return self.state in WAITING

    @property
    def is_confirmed_dead(self) -> bool:
        """Three observed failures in a row over at least 30 minutes; only this costs points."""
        if self.failing_since is None or self.checked_at is None or self.failures < DEAD_AFTER_FAILURES:
            return False
        return self.checked_at - self.failing_since >= DEAD_AFTER


class PrototypeRevision(Base):
    """One URL that the prototype had."""

    __tablename__ = "prototype_revisions"

    prototype_id: Mapped[int] = mapped_column(ForeignKey("prototypes.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    submitted_at: Mapped[datetime]


class StoredCheck(Base):
    """One check as it was: never changed, never deleted (a trigger holds this)."""

    __tablename__ = "check_records"
    __table_args__ = (
        UniqueConstraint("prototype_id", "revision", "cause"),
        Index("ix_check_records_prototype_id_finished_at", "prototype_id", "finished_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    prototype_id: Mapped[int] = mapped_column(ForeignKey("prototypes.id"))
    revision: Mapped[int]
    cause: Mapped[str] = mapped_column(String(60))
    finished_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(60))
    record: Mapped[dict[str, Any]]
    """The whole check record (marketplace.prototypes.record)."""


protect_when_created(StoredCheck.__table__)
