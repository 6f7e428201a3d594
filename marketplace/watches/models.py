"""A wish to watch for rejected work as stored, and the matches that were found."""

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
    """A rejected bid whose work is looked for on its client's site; due when there is something to look at."""

    __tablename__ = "work_watches"
    __table_args__ = (Index("ix_work_watches_site_id", "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bids.id"), unique=True)
    state: Mapped[WatchState] = mapped_column(one_of(WatchState, 10), default=WatchState.WATCHING)
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    check_id: Mapped[int] = mapped_column(ForeignKey("check_records.id"))
    """The full check of the rejected prototype that its fingerprint was taken with."""
    words: Mapped[int]
    minhash: Mapped[bytes | None] = mapped_column(LargeBinary)
    picture_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The fingerprint as it was when the watch began: what the bidder puts there later counts for nothing."""
    site_id: Mapped[int | None] = mapped_column(ForeignKey("prototypes.id"))
    """The client's site as we look at it; None until there is an address."""
    judged_check_id: Mapped[int | None] = mapped_column(ForeignKey("check_records.id"))
    """The newest full check of the site that was compared."""
    looked_at: Mapped[datetime | None]
    """When the site was last asked for."""
    summary: Mapped[str] = mapped_column(String(300), default="")
    """What came of it so far, as the bidder reads it."""

    bid: Mapped[Bid] = relationship()
    site: Mapped[Prototype | None] = relationship()


class WorkMatch(Base):
    """A client's site that looks like rejected work; once for each address that the site had."""

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
    """0..1 each, as in Resemblance."""
    state: Mapped[MatchState] = mapped_column(one_of(MatchState, 10))
    """reported: before our moderators; explained: with a reason that needs no human."""
    explanation: Mapped[str] = mapped_column(Text, default="")

    watch: Mapped[WorkWatch] = relationship()
    site_check: Mapped[StoredCheck] = relationship()
