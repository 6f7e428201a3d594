"""Reports, moderators' acts, answers to them, and the append-only audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core.append_only import protect_when_created
from marketplace.core.database import Base
from marketplace.moderation.states import ReportState

_STATES = ", ".join(f"'{state}'" for state in ReportState)


class Report(Base):
    """Somebody says that a job, bid, profile, message, testimonial, review or reply breaks the rules."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        Index("ix_reports_state_created_at_id", "state", "created_at", "id"),
        Index("uq_reports_once", "reporter_id", "subject_kind", "subject_id", unique=True),
        Index("ix_reports_subject_kind_subject_id", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subject_kind: Mapped[str] = mapped_column(String(20))
    """job | bid | profile | message | testimonial | review | reply."""
    subject_id: Mapped[int]
    affected_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Whose thing it is."""
    reason: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20), default=ReportState.OPEN)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    reporter: Mapped[User] = relationship(foreign_keys=reporter_id)
    affected: Mapped[User] = relationship(foreign_keys=affected_id)


class ModerationAct(Base):
    """What a moderator did to somebody's thing, why, and what the person answered."""

    __tablename__ = "moderation_acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    affected_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    """hide | restore | warn | suspend | lift | approve | send_back | dismiss | ask | clear | reject."""
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    """As told to the person."""
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class AuditEntry(Base):
    """One act of an admin, for ever (a trigger refuses changes and deletions)."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_subject_kind_subject_id", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


protect_when_created(AuditEntry.__table__)
