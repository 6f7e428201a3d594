"""Models of disputes: statements, evidence files, proposed splits and rulings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.contracts.models import Milestone
from marketplace.contracts.states import MilestoneState
from marketplace.core.append_only import protect_when_created
from marketplace.core.claims import Due
from marketplace.core.database import Base
from marketplace.core.states import is_in, one_of
from marketplace.disputes.states import RUNNING, DisputeOutcome, DisputeState, SplitState, StatementKind

_RUNNING = is_in(sorted(RUNNING))
_PROPOSED = text("state = 'proposed'")


class Dispute(Due, Base):
    """A dispute over one milestone's held money; `due_at` is when its current deadline must be handled."""

    __tablename__ = "disputes"
    __table_args__ = (
        Index("uq_disputes_running", "milestone_id", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        Index("ix_disputes_milestone_id", "milestone_id"),
        Index("ix_disputes_state_opened_at_id", "state", "opened_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    opened_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[DisputeState] = mapped_column(one_of(DisputeState, 12), default=DisputeState.OPEN)
    state_before: Mapped[MilestoneState] = mapped_column(one_of(MilestoneState, 20, check=""))
    """State of the milestone at opening, restored when the dispute is withdrawn."""
    response_days: Mapped[int]
    appeal_days: Mapped[int]
    """Both copied from the operator's settings at opening."""
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    """Updated by everything an admin must have seen before ruling."""
    deadline: Mapped[datetime | None]
    """Deadline of the current state; None if it does not expire."""
    ended_at: Mapped[datetime | None]
    to_freelancer: Mapped[int | None] = mapped_column(BigInteger)
    """What the freelancer finally got, in minor units including the fee; None while running or without payment."""

    milestone: Mapped[Milestone] = relationship()
    opener: Mapped[User] = relationship()
    statements: Mapped[list[Statement]] = relationship(order_by="Statement.id")
    files: Mapped[list[EvidenceFile]] = relationship(order_by="EvidenceFile.id")
    proposals: Mapped[list[Proposal]] = relationship(order_by="Proposal.id")
    rulings: Mapped[list[Ruling]] = relationship(order_by="Ruling.round")


class Statement(Base):
    """A side's statement; never changed or deleted."""

    __tablename__ = "dispute_statements"
    __table_args__ = (Index("ix_dispute_statements_dispute_id", "dispute_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("disputes.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    kind: Mapped[StatementKind] = mapped_column(
        one_of(StatementKind, 12, "kind_known"), default=StatementKind.STATEMENT
    )
    words: Mapped[str] = mapped_column(Text)

    author: Mapped[User] = relationship()


class EvidenceFile(Base):
    """A file provided by a side; never changed or deleted."""

    __tablename__ = "dispute_files"
    __table_args__ = (Index("ix_dispute_files_dispute_id", "dispute_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("disputes.id"))
    brought_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    filename: Mapped[str] = mapped_column(String(150))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    """Size in bytes."""
    file_key: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the content."""

    owner: Mapped[User] = relationship()


class Proposal(Base):
    """A split proposed by one side; one is open at a time, and all are kept."""

    __tablename__ = "dispute_proposals"
    __table_args__ = (
        CheckConstraint("to_freelancer >= 0", name="amount_in_range"),
        Index("uq_dispute_proposals_open", "dispute_id", unique=True,
              sqlite_where=_PROPOSED, postgresql_where=_PROPOSED),
        Index("ix_dispute_proposals_dispute_id", "dispute_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("disputes.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    to_freelancer: Mapped[int] = mapped_column(BigInteger)
    """Minor units, fee included; the rest goes back to the client."""
    words: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[SplitState] = mapped_column(one_of(SplitState, 12), default=SplitState.PROPOSED)
    decided_at: Mapped[datetime | None]

    proposer: Mapped[User] = relationship()


class Ruling(Base):
    """An admin's ruling with reasons; never changed or deleted. Round 2 follows an appeal."""

    __tablename__ = "dispute_rulings"
    __table_args__ = (
        UniqueConstraint("dispute_id", "round"),
        UniqueConstraint("dispute_id", "admin_id"),
        CheckConstraint("round IN (1, 2)", name="round_known"),
        CheckConstraint("to_freelancer >= 0", name="amount_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("disputes.id"))
    round: Mapped[int]
    admin_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    outcome: Mapped[DisputeOutcome] = mapped_column(one_of(DisputeOutcome, 10, "outcome_known"))
    to_freelancer: Mapped[int] = mapped_column(BigInteger)
    """Minor units, fee included; the rest goes back to the client."""
    reasons: Mapped[str] = mapped_column(Text)
    """Reasons shown to both sides."""

    admin: Mapped[User] = relationship()


for _kept in (Statement, EvidenceFile, Ruling):
    protect_when_created(_kept.__table__)
