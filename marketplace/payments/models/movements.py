"""Outgoing money through the provider, as due rows, and people's payout accounts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core.database import Base
from marketplace.core.states import one_of
from marketplace.payments.models.asking import Asked
from marketplace.payments.models.charges import Hold
from marketplace.payments.states import MovementState


class MovementKind(StrEnum):
    """Direction of a movement."""

    TRANSFER = "transfer"
    """To the payee's account at the provider."""
    REFUND = "refund"
    """Back to the payer's card."""
    PAYOUT = "payout"
    """From the payee's account at the provider to their bank."""


class Movement(Asked, Base):
    """`amount` minor units for one person; due until the provider reports the outcome."""

    __tablename__ = "movements"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(kind = 'payout') = (hold_id IS NULL)", name="payouts_have_no_hold"),
        Index("ix_movements_hold_id", "hold_id"),
        Index("ix_movements_user_id_id", "user_id", "id"),
        Index("ix_movements_provider_reference", "provider_reference"),
    )

    key: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[MovementKind] = mapped_column(one_of(MovementKind, 10, "kind_known"))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    provider: Mapped[str] = mapped_column(String(20))
    provider_reference: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[MovementState] = mapped_column(one_of(MovementState, 10), default=MovementState.DUE)
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it failed or waits, in the provider's words."""
    tries: Mapped[int] = mapped_column(default=0)
    """Number of resends after the provider refused it."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    hold: Mapped[Hold | None] = relationship()
    user: Mapped[User] = relationship()

    @property
    def provider_key(self) -> str:
        """The provider's idempotency key, also stored there to find the movement again."""
        return f"{self.key}:{self.tries}" if self.tries else self.key


class PayoutAccount(Asked, Base):
    """A person's account at a provider, to which earnings are transferred."""

    __tablename__ = "payout_accounts"
    __table_args__ = (UniqueConstraint("user_id", "provider"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    provider: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(255), unique=True)
    ready: Mapped[bool] = mapped_column(default=False)
    """Whether the provider lets it receive transfers and pay out."""
    missing: Mapped[str] = mapped_column(String(300), default="")
    """Information the provider still requires, in words."""
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime]
