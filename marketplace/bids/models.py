"""Models: bids with their proof, rank snapshots, weight versions and pending rescores."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import PortfolioItem, Testimonial, User
from marketplace.bids.states import BidState, WeightState
from marketplace.core.claims import Due
from marketplace.core.database import Base
from marketplace.core.states import one_of
from marketplace.jobs.models import Job
from marketplace.prototypes.models import Prototype

_ONE_ACTIVE = text("state = 'active'")
_ONE_PER_JOB = text("state <> 'withdrawn'")
_ONE_WINNER = text("state IN ('awarded', 'accepted')")

bid_portfolio = Table(
    "bid_portfolio",
    Base.metadata,
    Column("bid_id", Integer, ForeignKey("bids.id", ondelete="CASCADE"), primary_key=True),
    Column("portfolio_item_id", Integer, ForeignKey("portfolio_items.id", ondelete="CASCADE"), primary_key=True),
)
bid_testimonials = Table(
    "bid_testimonials",
    Base.metadata,
    Column("bid_id", Integer, ForeignKey("bids.id", ondelete="CASCADE"), primary_key=True),
    Column("testimonial_id", Integer, ForeignKey("testimonials.id", ondelete="CASCADE"), primary_key=True),
)


class Bid(Base):
    """A freelancer's sealed bid on a job; `price` in minor units of the job's currency."""

    __tablename__ = "bids"
    __table_args__ = (
        Index("uq_bids_one_per_freelancer", "job_id", "freelancer_id", unique=True,
              sqlite_where=_ONE_PER_JOB, postgresql_where=_ONE_PER_JOB),
        Index("uq_bids_one_winner", "job_id", unique=True, sqlite_where=_ONE_WINNER, postgresql_where=_ONE_WINNER),
        Index("ix_bids_job_id_rank", "job_id", "rank", "id"),
        Index("ix_bids_freelancer_id_updated_at_id", "freelancer_id", "updated_at", "id"),
        Index("ix_bids_prototype_id", "prototype_id"),
        Index("ix_bids_submitted_at", "submitted_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    freelancer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[BidState] = mapped_column(one_of(BidState, 20), default=BidState.DRAFT)
    price: Mapped[int | None] = mapped_column(BigInteger)
    days: Mapped[int | None]
    go_live_hours: Mapped[int | None]
    """Promise: live within this many hours of payment; None: no promise."""
    note: Mapped[str] = mapped_column(Text, default="")
    credits: Mapped[str] = mapped_column(Text, default="")
    """Work that is reused and its authors."""
    prototype_url: Mapped[str] = mapped_column(String(2000), default="")
    """As typed; becomes a prototype when the bidder requests a check, at the latest when the bid is placed."""
    prototype_id: Mapped[int | None] = mapped_column(ForeignKey("prototypes.id"))
    client_note: Mapped[str] = mapped_column(Text, default="")
    """The client's private note; never shown to anyone else."""
    decline_reason: Mapped[str] = mapped_column(Text, default="")
    hidden_reason: Mapped[str | None] = mapped_column(Text)
    rank: Mapped[int | None]
    score: Mapped[int | None]
    """Total of the newest snapshot, in milli-points."""
    price_points: Mapped[int] = mapped_column(default=0)
    """Milli-points of `terms` per ranking.own.GROUPS, so a client's own order need not load `terms`."""
    speed_points: Mapped[int] = mapped_column(default=0)
    evidence_points: Mapped[int] = mapped_column(default=0)
    record_points: Mapped[int] = mapped_column(default=0)
    provisional: Mapped[bool] = mapped_column(default=False)
    fit: Mapped[float | None]
    """Fit of bidder to spec, 0..1, as of the last change while bids were open; None: not computed yet."""
    told_at: Mapped[datetime | None]
    """When the award revealed rank and points to the bidder; afterwards the bid may win but not be edited."""
    terms: Mapped[dict[str, Any] | None]
    """Newest explained score, in the format of marketplace.ranking.explain."""
    job_version: Mapped[int] = mapped_column(default=1)
    """Version of the spec that was bid on."""
    version: Mapped[int] = mapped_column(default=1)
    """Incremented with every edit of a placed bid, so a client cannot award terms they have not seen."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]

    job: Mapped[Job] = relationship()
    freelancer: Mapped[User] = relationship()
    prototype: Mapped[Prototype | None] = relationship()
    portfolio: Mapped[list[PortfolioItem]] = relationship(secondary=bid_portfolio, order_by=PortfolioItem.id)
    testimonials: Mapped[list[Testimonial]] = relationship(secondary=bid_testimonials, order_by=Testimonial.id)


class RankSnapshot(Base):
    """A job's rank at one moment: input facts, order and reasons; replayable."""

    __tablename__ = "rank_snapshots"
    __table_args__ = (Index("ix_rank_snapshots_job_id_id", "job_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    weights: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of facts and weights; detects changes without loading the facts."""
    facts: Mapped[dict[str, Any]]
    order: Mapped[list[dict[str, Any]]]
    best: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Best points per column and the two highest counts of requirements met, for the cards."""


class WeightVersion(Base):
    """Fitted weights; in use from an admin's consent until replaced."""

    __tablename__ = "weight_versions"
    __table_args__ = (
        Index("uq_weight_versions_one_active", "state", unique=True,
              sqlite_where=_ONE_ACTIVE, postgresql_where=_ONE_ACTIVE),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(20), unique=True)
    values: Mapped[dict[str, Any]]
    """Format of marketplace.ranking.weights."""
    report: Mapped[dict[str, Any]]
    """Evaluation against the previous weights on held-out jobs, from marketplace.ranking.fit."""
    state: Mapped[WeightState] = mapped_column(one_of(WeightState, 20), default=WeightState.PROPOSED)
    proposed_at: Mapped[datetime]
    consented_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    consented_at: Mapped[datetime | None]

    consenter: Mapped[User | None] = relationship()


class Rescore(Due, Base):
    """A pending re-rank; one row per job, so a burst of causes costs one rescore."""

    __tablename__ = "rescores"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    asked: Mapped[int] = mapped_column(default=1)
    """Number of requests; a rescore that finds it increased since it began leaves the row due."""
    ranked_at: Mapped[datetime | None]
    """When last ranked; the next rank waits at least rescoring.PAUSE after it, to coalesce bursts."""
