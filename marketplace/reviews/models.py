"""Models of reviews: a round per completed contract, up to two reviews, and every version of each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.contracts.models import Contract
from marketplace.core.append_only import protect_when_created
from marketplace.core.claims import Due
from marketplace.core.database import Base
from marketplace.reviews.marks import Marks, is_positive


class ReviewRound(Due, Base):
    """Period for reviews of a completed contract; due first for a reminder before its end, then at its end."""

    __tablename__ = "review_rounds"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), unique=True)
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    revealed_at: Mapped[datetime | None]
    """When both had written or time was up; only corrections and replies are possible afterwards."""

    contract: Mapped[Contract] = relationship()
    reviews: Mapped[list[Review]] = relationship(back_populates="round", order_by="Review.id")


class Review(Base):
    """One side's review of the other; sealed from everybody but its author until `revealed_at`."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("round_id", "author_id"),
        CheckConstraint("about IN ('client', 'freelancer')", name="about_known"),
        CheckConstraint(
            "quality BETWEEN 1 AND 5 AND on_time BETWEEN 1 AND 5 AND contact BETWEEN 1 AND 5", name="marks_in_range"
        ),
        Index("ix_reviews_subject_id_about_revealed_at_id", "subject_id", "about", "revealed_at", "id"),
        Index("ix_reviews_author_id", "author_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("review_rounds.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """The person reviewed."""
    about: Mapped[str] = mapped_column(String(12))
    """The reviewed person's side: client or freelancer."""
    quality: Mapped[int]
    on_time: Mapped[int]
    contact: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime]
    revealed_at: Mapped[datetime | None]
    """Copy of the round's value, so that lists can find public reviews by index."""
    revealed_version: Mapped[int | None]
    """The version revealed; later ones are corrections, earlier ones stay private to the author."""
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None]
    quoted_at: Mapped[datetime | None]
    """When the reviewed person chose to show it as a testimonial."""
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(Text)
    reply_hidden_at: Mapped[datetime | None]
    reply_hidden_reason: Mapped[str | None] = mapped_column(Text)

    round: Mapped[ReviewRound] = relationship(back_populates="reviews")
    author: Mapped[User] = relationship(foreign_keys=author_id)
    subject: Mapped[User] = relationship(foreign_keys=subject_id)
    versions: Mapped[list[ReviewVersion]] = relationship(order_by="ReviewVersion.number")

    @property
    def marks(self) -> Marks:
        """The three scales."""
        return Marks(self.quality, self.on_time, self.contact)

    @property
    def is_positive(self) -> bool:
        return is_positive(self.marks)

    @property
    def was_corrected(self) -> bool:
        return self.revealed_version is not None and self.version > self.revealed_version


class ReviewVersion(Base):
    """A version of a review; never changed or deleted."""

    __tablename__ = "review_versions"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    quality: Mapped[int]
    on_time: Mapped[int]
    contact: Mapped[int]
    text: Mapped[str] = mapped_column(Text)


protect_when_created(ReviewVersion.__table__)
