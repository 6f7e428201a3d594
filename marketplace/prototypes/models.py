"""A prototype link, its revisions, and the append-only records of every check."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.checker.states import CheckState
from marketplace.core.append_only import protect_when_created
from marketplace.core.claims import Due
from marketplace.core.database import Base
from marketplace.core.states import one_of
from marketplace.prototypes.states import WAITING, PrototypeState, ResemblanceState, ReviewState

DEAD_AFTER_FAILURES = 3
DEAD_AFTER = timedelta(minutes=30)


_FULL = text("is_full")


class Prototype(Due, Base):
    """A watched link: its newest revision, its state, and when its next check is due."""

    __tablename__ = "prototypes"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[PrototypeState] = mapped_column(one_of(PrototypeState, 20), default=PrototypeState.QUEUED)
    requirements: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What to try on it: [{"id", "kind", "value"}], a copy of the job's lines."""
    cause: Mapped[str] = mapped_column(String(60), default="submitted")
    """Why the next check is due; unique per prototype and revision."""
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
    begun_at: Mapped[datetime | None]
    """When a worker last took it up to check it, by the database's clock."""
    watched: Mapped[bool] = mapped_column(default=True)
    """Whether rechecks go on by themselves."""
    token: Mapped[str] = mapped_column(String(32), default=lambda: secrets.token_hex(16))
    """What the bidder puts on the site to prove control of it."""
    examined_at: Mapped[datetime | None]
    """When a full check of this revision was last stored."""
    polish: Mapped[float | None]
    """Speed and accessibility of the newest full check, 0..1; None when not measured."""
    picture_key: Mapped[str | None] = mapped_column(String(64))
    """The newest screenshot, 1280 px wide."""
    thumbnail_key: Mapped[str | None] = mapped_column(String(64))
    control: Mapped[str] = mapped_column(String(10), default="")
    """How control of the site was proven: meta | file | dns, or empty."""
    review: Mapped[ReviewState] = mapped_column(one_of(ReviewState, 10, check=""), default=ReviewState.NONE)
    """Of a near-copy: flagged, then cleared or rejected by a moderator; empty without one."""

    @property
    def is_waiting(self) -> bool:
        """A check is due or under way."""
        return self.state in WAITING

    @property
    def shown_state(self) -> PrototypeState:
        """The state to show: a live link that a moderator rejected as a near-copy is rejected."""
        is_copy = self.review == ReviewState.REJECTED
        return PrototypeState.REJECTED if is_copy and self.state == PrototypeState.LIVE else self.state

    @property
    def is_confirmed_dead(self) -> bool:
        """Three observed failures in a row over at least 30 minutes; only this costs points."""
        return is_confirmed_dead(self.failures, self.failing_since, self.checked_at)


def is_confirmed_dead(failures: int, failing_since: datetime | None, checked_at: datetime | None) -> bool:
    """The same of a prototype's columns."""
    if failing_since is None or checked_at is None or failures < DEAD_AFTER_FAILURES:
        return False
    return checked_at - failing_since >= DEAD_AFTER


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
        Index(
            "ix_check_records_full",
            "prototype_id",
            "id",
            sqlite_where=text("is_full"),
            postgresql_where=text("is_full"),
        ),
        Index(
            "ix_check_records_begun",
            "prototype_id", "revision", "is_full", "begun_at", "finished_at", "state", "id",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    prototype_id: Mapped[int] = mapped_column(ForeignKey("prototypes.id"))
    revision: Mapped[int]
    cause: Mapped[str] = mapped_column(String(60))
    begun_at: Mapped[datetime | None]
    """By the database's clock; None in records from before it was kept."""
    finished_at: Mapped[datetime]
    state: Mapped[CheckState] = mapped_column(one_of(CheckState, 20, check=""))
    reason: Mapped[str] = mapped_column(String(60))
    is_full: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it is a full check's: with browser and auditors."""
    record: Mapped[dict[str, Any]]
    """The whole check record (marketplace.checker.record)."""


class FullCheckSchedule(Due, Base):
    """When a prototype's next full check is due; one row per prototype."""

    __tablename__ = "browser_turns"

    prototype_id: Mapped[int] = mapped_column(ForeignKey("prototypes.id", ondelete="CASCADE"), primary_key=True)
    cause: Mapped[str] = mapped_column(String(60), default="")
    """Why it is due; unique per prototype and revision."""
    revision: Mapped[int] = mapped_column(default=1)
    begun_at: Mapped[datetime | None]
    """When a worker last took it up, by the database's clock."""
    sha256: Mapped[str] = mapped_column(String(64), default="")
    """The served page at the last full check, so that a change is noticed."""
    failures: Mapped[int] = mapped_column(default=0)
    """Full checks in a row that failed by our own fault."""

    prototype: Mapped[Prototype] = relationship()


class PrototypeEvent(Base):
    """A dated event on a prototype's timeline; append-only."""

    __tablename__ = "prototype_events"
    __table_args__ = (Index("ix_prototype_events_prototype_id_at", "prototype_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    prototype_id: Mapped[int] = mapped_column(ForeignKey("prototypes.id"))
    revision: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    """went_live | content_changed | control_proven | control_lost."""
    sentence: Mapped[str] = mapped_column(String(300))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The facts behind the sentence; for content events also the page's fingerprint."""


class Fingerprint(Base):
    """A prototype's stored fingerprint, from its newest full check."""

    __tablename__ = "fingerprints"

    prototype_id: Mapped[int] = mapped_column(ForeignKey("prototypes.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int]
    at: Mapped[datetime]
    """Since when this content is known; of two near-copies, the earlier one here came first."""
    words: Mapped[int]
    """How many words the page shows."""
    minhash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """MinHash of the text's shingles; None for a page with too few words."""
    picture_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Perceptual hash of the screenshot, 256 bits; None without a telling picture."""


class FingerprintBand(Base):
    """The LSH index over fingerprints: only pages that share a band are compared."""

    __tablename__ = "fingerprint_bands"
    __table_args__ = {"sqlite_with_rowid": False}

    band: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """A hash over the band's number and its values."""
    prototype_id: Mapped[int] = mapped_column(
        ForeignKey("fingerprints.prototype_id", ondelete="CASCADE"), primary_key=True, index=True, autoincrement=False
    )


class Resemblance(Base):
    """Two prototypes that look alike: the later, the earlier, how alike, and a moderator's decision."""

    __tablename__ = "resemblances"
    __table_args__ = (
        UniqueConstraint("prototype_id", "revision", "other_id"),
        Index("ix_resemblances_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    prototype_id: Mapped[int] = mapped_column(ForeignKey("prototypes.id", ondelete="CASCADE"))
    revision: Mapped[int]
    other_id: Mapped[int] = mapped_column(ForeignKey("prototypes.id", ondelete="CASCADE"))
    text_likeness: Mapped[float | None]
    """0..1, the share of shingles in common."""
    picture_likeness: Mapped[float | None]
    """0..1, the share of equal bits."""
    found_at: Mapped[datetime]
    state: Mapped[ResemblanceState] = mapped_column(one_of(ResemblanceState, 10), default=ResemblanceState.FLAGGED)
    """flagged -> cleared | rejected by a human; explained: the same author, or credited in the bid."""
    explanation: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]

    @property
    def is_rejected(self) -> bool:
        """A human found it to be a copy without credit."""
        return self.state == ResemblanceState.REJECTED


protect_when_created(StoredCheck.__table__)
protect_when_created(PrototypeEvent.__table__)
