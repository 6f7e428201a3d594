"""Models of watches for rejected work and their matches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.bids.models import Bid
from marketplace.core.claims import Due
from marketplace.core.database import Base
from marketplace.core.states import one_of
from marketplace.prototypes.models import Prototype, StoredCheck
from marketplace.watches.states import MatchState, WatchState


class WorkWatch(Due, Base):
    """A rejected bid whose work is searched for on its client's site; due when the site must be checked or compared."""

    __tablename__ = "work_watches"
    __table_args__ = (Index("ix_work_watches_site_id", "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bids.id"), unique=True)
    state: Mapped[WatchState] = mapped_column(one_of(WatchState, 10), default=WatchState.WATCHING)
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    check_id: Mapped[int] = mapped_column(ForeignKey("check_records.id"))
    """The full check with which the rejected prototype's fingerprint was taken."""
    words: Mapped[int]
    minhash: Mapped[bytes | None] = mapped_column(LargeBinary)
    picture_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Fingerprint taken when the watch began, so that the bidder's later changes do not count."""
    site_id: Mapped[int | None] = mapped_column(ForeignKey("prototypes.id"))
    """The client's site as a prototype; None until its address is known."""
    judged_check_id: Mapped[int | None] = mapped_column(ForeignKey("check_records.id"))
    """The newest full check of the site that was compared."""
    looked_at: Mapped[datetime | None]
    """When a check of the site was last requested."""
    summary: Mapped[str] = mapped_column(String(300), default="")
    """Latest result, shown to the bidder."""

    bid: Mapped[Bid] = relationship()
    site: Mapped[Prototype | None] = relationship()


class WorkMatch(Base):
    """A client's site that resembles rejected work; one per address of the site."""

    __tablename__ = "work_matches"
    __table_args__ = (UniqueConstraint("watch_id", "site_id", "site_revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("work_watches.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("prototypes.id"))
    site_revision: Mapped[int]
    site_check_id: Mapped[int] = mapped_column(ForeignKey("check_records.id"))
    at: Mapped[datetime]
    text_likeness: Mapped[float | None]
    picture_likeness: Mapped[float | None]
    """Each 0..1, as in Resemblance."""
    state: Mapped[MatchState] = mapped_column(one_of(MatchState, 10))
    """reported: for moderators; explained: with a reason that needs no moderator."""
    explanation: Mapped[str] = mapped_column(Text, default="")

    watch: Mapped[WorkWatch] = relationship()
    site_check: Mapped[StoredCheck] = relationship()
