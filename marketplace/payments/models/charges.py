"""A charge (money asked of a payer) and the hold that a paid charge becomes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core.database import Base
from marketplace.core.states import one_of
from marketplace.payments.models.asking import Asked
from marketplace.payments.states import ChargeState, HoldState


class Charge(Asked, Base):
    """`amount` minor units asked of the payer; due while the provider still has to be asked what became of it."""

    __tablename__ = "charges"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_charges_payer_id_id", "payer_id", "id"),
        Index("ix_charges_provider_reference", "provider_reference"),
        Index("ix_charges_payment_reference", "payment_reference"),
    )

    token: Mapped[str] = mapped_column(String(43), unique=True)
    """What its addresses are made of; tells nothing of how many charges there are."""
    key: Mapped[str] = mapped_column(String(100), unique=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    payee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None: a pool, shared out later."""
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    fee_bps: Mapped[int]
    """The marketplace's part of what is released, basis points, as it was when the charge was made."""
    purpose: Mapped[str] = mapped_column(String(200))
    return_path: Mapped[str] = mapped_column(String(1000), default="")
    """Where on this site the payer goes on afterwards."""
    provider: Mapped[str] = mapped_column(String(20))
    provider_reference: Mapped[str | None] = mapped_column(String(255))
    """The checkout's id with the provider."""
    payment_reference: Mapped[str | None] = mapped_column(String(255))
    """The payment's id with the provider, once there is one: what refunds and disputes name."""
    state: Mapped[ChargeState] = mapped_column(one_of(ChargeState, 10), default=ChargeState.PENDING)
    dispute: Mapped[str] = mapped_column(String(4), default="")
    """The payer's bank: "" none, open, won (by us), lost."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    payer: Mapped[User] = relationship(foreign_keys=payer_id)
    payee: Mapped[User | None] = relationship(foreign_keys=payee_id)
    hold: Mapped[Hold | None] = relationship(back_populates="charge", uselist=False)

    @property
    def checkout_url(self) -> str:
        """Where the payer pays: our own page, which goes on to the provider's."""
        return f"/pay/{self.token}"


class Hold(Base):
    """Paid money that waits for a decision, which is made exactly once; released + refunded = amount afterwards."""

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("released >= 0 AND refunded >= 0 AND fee >= 0 AND fee <= released", name="parts_in_range"),
        CheckConstraint(
            "(state IN ('held', 'frozen') AND resolved_at IS NULL AND released + refunded = 0)"
            " OR (state IN ('released', 'refunded', 'split') AND resolved_at IS NOT NULL"
            " AND released + refunded = amount)",
            name="resolved_whole",
        ),
        Index("ix_holds_payer_id_id", "payer_id", "id"),
        Index("ix_holds_payee_id_id", "payee_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charges.id"), unique=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    payee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    fee_bps: Mapped[int]
    state: Mapped[HoldState] = mapped_column(one_of(HoldState, 10), default=HoldState.HELD)
    frozen_for: Mapped[str] = mapped_column(String(10), default="")
    """Who asked to freeze it: dispute (here) or chargeback (at the payer's bank)."""
    released: Mapped[int] = mapped_column(BigInteger, default=0)
    """Gross, fee included."""
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    fee: Mapped[int] = mapped_column(BigInteger, default=0)
    shares: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Who got how much of what was released: gross by user id."""
    resolution_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]

    charge: Mapped[Charge] = relationship(back_populates="hold")
    payer: Mapped[User] = relationship(foreign_keys=payer_id)
    payee: Mapped[User | None] = relationship(foreign_keys=payee_id)
