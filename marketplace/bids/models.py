"""A bid as stored, what it shows as proof, and the snapshots of its job's rank."""

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
    """A freelancer's sealed offer for a job; `price` in minor units of the job's currency."""

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
    """The promise: live within so many hours of payment."""
    note: Mapped[str] = mapped_column(Text, default="")
    credits: Mapped[str] = mapped_column(Text, default="")
    """What the work reuses and whom it credits."""
    prototype_url: Mapped[str] = mapped_column(String(2000), default="")
    """As typed; becomes a prototype when its writer asks for a check, at the latest when the bid is placed."""
    prototype_id: Mapped[int | None] = mapped_column(ForeignKey("prototypes.id"))
    client_note: Mapped[str] = mapped_column(Text, default="")
    """The client's private note; never shown to anyone else."""
    decline_reason: Mapped[str] = mapped_column(Text, default="")
    hidden_reason: Mapped[str | None] = mapped_column(Text)
    rank: Mapped[int | None]
    score: Mapped[int | None]
    """Milli-points, of the newest snapshot."""
    price_points: Mapped[int] = mapped_column(default=0)
    """Milli-points of `terms` by ranking.own.GROUPS, so that a client's own order need not read them all."""
    speed_points: Mapped[int] = mapped_column(default=0)
    evidence_points: Mapped[int] = mapped_column(default=0)
    record_points: Mapped[int] = mapped_column(default=0)
    provisional: Mapped[bool] = mapped_column(default=False)
    fit: Mapped[float | None]
    """How well the bidder fits the spec, 0..1, as of the last change while bids were taken; None: not reckoned yet."""
    told_at: Mapped[datetime | None]
    """When its bidder was told its rank and points by an award; from then on it may win, but not change."""
    terms: Mapped[dict[str, Any] | None]
    """The newest score explained, as marketplace.ranking gives it."""
    job_version: Mapped[int] = mapped_column(default=1)
    """Which version of the spec was bid on."""
    version: Mapped[int] = mapped_column(default=1)
    """Rises with every change of a placed bid, so that nobody awards what they did not see."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]

    job: Mapped[Job] = relationship()
    freelancer: Mapped[User] = relationship()
    prototype: Mapped[Prototype | None] = relationship()
    portfolio: Mapped[list[PortfolioItem]] = relationship(secondary=bid_portfolio, order_by=PortfolioItem.id)
    testimonials: Mapped[list[Testimonial]] = relationship(secondary=bid_testimonials, order_by=Testimonial.id)


class RankSnapshot(Base):
    """A job's rank as it was at one moment: facts in, order and reasons out; replayable."""

    __tablename__ = "rank_snapshots"
    __table_args__ = (Index("ix_rank_snapshots_job_id_id", "job_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    weights: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64), default="")
    """Of facts and weights, to tell whether there is news without reading the facts."""
    facts: Mapped[dict[str, Any]]
    order: Mapped[list[dict[str, Any]]]
    best: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The best of each column and the two best counts of requirements met, for the marks on a card's bars."""


class WeightVersion(Base):
    """Weights that were fitted: they count from an admin's consent on, until other weights do."""

    __tablename__ = "weight_versions"
    __table_args__ = (
        Index("uq_weight_versions_one_active", "state", unique=True,
              sqlite_where=_ONE_ACTIVE, postgresql_where=_ONE_ACTIVE),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(20), unique=True)
    values: Mapped[dict[str, Any]]
    """As marketplace.ranking.weights reads them."""
    report: Mapped[dict[str, Any]]
    """How they and those before did on jobs held out, as marketplace.ranking.fit gives it."""
    state: Mapped[WeightState] = mapped_column(one_of(WeightState, 20), default=WeightState.PROPOSED)
    proposed_at: Mapped[datetime]
    consented_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    consented_at: Mapped[datetime | None]

    consenter: Mapped[User | None] = relationship()


class Rescore(Due, Base):
    """A job whose bids must be ranked again; one row a job, so a burst of causes costs one rescore."""

    __tablename__ = "rescores"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    asked: Mapped[int] = mapped_column(default=1)
    """Counts the causes; a rescore that finds it higher than when it began leaves the row due."""
    ranked_at: Mapped[datetime | None]
    """When the job was last ranked; the next rank comes a second later at the earliest, so that bursts coalesce."""
