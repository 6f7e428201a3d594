"""Tables of jobs: the job, its requirements, skills, attachments and edit history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core.claims import Due
from marketplace.core.database import Base
from marketplace.core.states import one_of
from marketplace.jobs.states import JobState, PoolOutcome
from marketplace.payments.models import Charge, Hold


class Job(Base):
    """A client's job spec; amounts in minor units of `currency`, times UTC."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("budget_min >= 0 AND budget_min <= budget_max", name="budget_range"),
        Index("ix_jobs_state_published_at_id", "state", "published_at", "id"),
        Index("ix_jobs_state_category_published_at_id", "state", "category", "published_at", "id"),
        Index("ix_jobs_state_bid_deadline", "state", "bid_deadline", "id"),
        Index("ix_jobs_state_decision_deadline", "state", "decision_deadline"),
        Index("ix_jobs_client_id_updated_at_id", "client_id", "updated_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[JobState] = mapped_column(one_of(JobState, 20), default=JobState.DRAFT)
    title: Mapped[str] = mapped_column(String(120), default="")
    spec: Mapped[str] = mapped_column(Text, default="")
    """The brief in Markdown."""
    category: Mapped[str] = mapped_column(String(40), default="")
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    budget_min: Mapped[int] = mapped_column(BigInteger, default=0)
    budget_max: Mapped[int] = mapped_column(BigInteger, default=0)
    bid_deadline: Mapped[datetime | None]
    decision_deadline: Mapped[datetime | None]
    current_site: Mapped[str] = mapped_column(String(2000), default="")
    """The client's current site, if there is one; bids that only copy it are noticed."""
    current_site_id: Mapped[int | None] = mapped_column(ForeignKey("prototypes.id"))
    """The current site, checked once like a prototype."""
    requires_prototype: Mapped[bool] = mapped_column(default=False)
    """Whether every bid needs a link to a prototype; such a job opens once its pool is held."""
    pool_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    """Minor units of `currency`; 0 without a pool."""
    version: Mapped[int] = mapped_column(default=1)
    bid_count: Mapped[int] = mapped_column(default=0)
    """Number of live bids, denormalized by the bids room so that lists need not count."""
    end_reason: Mapped[str | None] = mapped_column(Text)
    """Why it was cancelled, sent back or removed, as shown to people."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    client: Mapped[User] = relationship()
    pool: Mapped[Pool | None] = relationship(back_populates="job", uselist=False)
    requirements: Mapped[list[JobRequirement]] = relationship(
        order_by="JobRequirement.position", cascade="all, delete-orphan"
    )
    skills: Mapped[list[JobSkill]] = relationship(order_by="JobSkill.name", cascade="all, delete-orphan")
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id", cascade="all, delete-orphan")


class JobRequirement(Base):
    """One requirement of the work: free text, or a kind that a check can verify."""

    __tablename__ = "requirements"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    """One of marketplace.jobs.requirements.KINDS: `free` is judged by people, all others are checked automatically."""
    value: Mapped[str] = mapped_column(String(300), default="")
    """The kind's argument: a path, a text, a CSS selector, seconds, a colour; for `free` the text itself."""


class JobSkill(Base):
    """A skill that the job asks for, lower case."""

    __tablename__ = "job_skills"
    __table_args__ = (Index("ix_job_skills_name_job_id", "name", "job_id"),)

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)


class Attachment(Base):
    """A file attached to the brief."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str] = mapped_column(String(150))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    """Bytes."""
    file_key: Mapped[str] = mapped_column(String(64))


class Pool(Due, Base):
    """The participation pool of a job that requires a prototype; due when the job's end settles it."""

    __tablename__ = "participation_pools"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), unique=True)
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charges.id"), unique=True)
    """The latest payment begun for it."""
    payments_begun: Mapped[int] = mapped_column(default=0)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"), unique=True)
    """The hold on its money, once it was paid."""
    funded_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[PoolOutcome] = mapped_column(one_of(PoolOutcome, 12, "outcome_known"), default=PoolOutcome.NONE)

    job: Mapped[Job] = relationship(back_populates="pool")
    charge: Mapped[Charge | None] = relationship()
    hold: Mapped[Hold | None] = relationship()


class JobEdit(Base):
    """One change of a published spec, shown to earlier bidders."""

    __tablename__ = "job_edits"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    edited_at: Mapped[datetime]
    changes: Mapped[dict[str, Any]]
    """Field name -> {"before": text, "after": text}."""
