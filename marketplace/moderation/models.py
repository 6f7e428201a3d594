"""Tables of moderation: reports, flags, acts, answers to them, and the append-only audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core.append_only import protect_when_created
from marketplace.core.database import Base
from marketplace.core.states import one_of
from marketplace.jobs.models import Job
from marketplace.moderation.states import FlagState, ReportState


class Report(Base):
    """A report that a job, bid, profile, message, testimonial, review or reply breaks the rules."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_state_created_at_id", "state", "created_at", "id"),
        Index("uq_reports_once", "reporter_id", "subject_kind", "subject_id", unique=True),
        Index("ix_reports_subject_kind_subject_id", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subject_kind: Mapped[str] = mapped_column(String(20))
    """job | bid | profile | message | testimonial | review | reply | site (a watch's match)."""
    subject_id: Mapped[int]
    affected_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Its owner."""
    reason: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ReportState] = mapped_column(one_of(ReportState, 20), default=ReportState.OPEN)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    reporter: Mapped[User] = relationship(foreign_keys=reporter_id)
    affected: Mapped[User] = relationship(foreign_keys=affected_id)


class Flag(Base):
    """A rule's finding or a person's request, for a human to judge; changes nothing by itself."""

    __tablename__ = "flags"
    __table_args__ = (
        Index("uq_flags_key", "key", unique=True),
        Index("ix_flags_state_rule_id", "state", "rule", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(20))
    """One of marketplace.moderation.noticing.rules.RULES."""
    key: Mapped[str] = mapped_column(String(80))
    """What it is about; unique, so that nothing is flagged twice."""
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    sentence: Mapped[str] = mapped_column(String(300))
    """The finding, with its figures."""
    text: Mapped[str] = mapped_column(Text, default="")
    """The person's own words, for an appeal."""
    state: Mapped[FlagState] = mapped_column(one_of(FlagState, 10), default=FlagState.WAITING)
    found_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    job: Mapped[Job | None] = relationship()
    person: Mapped[User | None] = relationship(foreign_keys=person_id)
    other: Mapped[User | None] = relationship(foreign_keys=other_id)

    @property
    def is_waiting(self) -> bool:
        """Whether no admin has decided on it yet."""
        return self.state == FlagState.WAITING


class FlagBid(Base):
    """A bid that is part of a flag's evidence."""

    __tablename__ = "flag_bids"

    flag_id: Mapped[int] = mapped_column(ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bids.id", ondelete="CASCADE"), primary_key=True, index=True)


class Watermark(Base):
    """How far the rules have read: the last id of an append-only table, or seconds since 1970."""

    __tablename__ = "watermarks"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]


class ModerationAct(Base):
    """A moderator's act on somebody's thing, the reason, and the person's answer."""

    __tablename__ = "moderation_acts"
    __table_args__ = (
        Index("uq_moderation_acts_decides_id", "decides_id", unique=True),
        Index("ix_moderation_acts_answered_at", "answered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    affected_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    """One of marketplace.moderation.wording.ACTS."""
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    """The reason as told to the person."""
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    decides_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_acts.id"))
    """The answered act on which this one decides; a decision on an appeal is final."""
    created_at: Mapped[datetime]

    report: Mapped[Report | None] = relationship()
    decides: Mapped[ModerationAct | None] = relationship(remote_side="ModerationAct.id")
    affected: Mapped[User] = relationship(foreign_keys=affected_id)


class AuditEntry(Base):
    """One act of an admin, kept for ever (a trigger refuses changes and deletions)."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_subject_kind_subject_id", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """One of marketplace.moderation.wording.RULES; "" in entries older than rules."""
    public_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    """The public reason: without names, addresses and amounts."""
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]

    actor: Mapped[User | None] = relationship()


protect_when_created(AuditEntry.__table__)
