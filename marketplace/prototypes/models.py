"""A prototype link, its revisions, and the append-only records of every check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base
from marketplace.core.leases import Due
from marketplace.prototypes.states import PrototypeState

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
    checked_at: Mapped[datetime | None]
    requested_at: Mapped[datetime | None]
    """When a person last asked for a check."""
    watch_until: Mapped[datetime | None]
    """No rechecks by themselves after this."""
    created_at: Mapped[datetime]


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
