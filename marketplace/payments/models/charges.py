"""Charges (money requested from a payer) and the holds that paid charges become."""

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
    """`amount` minor units requested from the payer; due while the provider must be asked for the outcome."""

    __tablename__ = "charges"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_charges_payer_id_id", "payer_id", "id"),
        Index("ix_charges_provider_reference", "provider_reference"),
        Index("ix_charges_payment_reference", "payment_reference"),
    )

    token: Mapped[str] = mapped_column(String(43), unique=True)
    """Used in URLs; random, so it does not reveal the number of charges."""
    key: Mapped[str] = mapped_column(String(100), unique=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    payee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None for a pool, which is shared out later."""
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    fee_bps: Mapped[int]
    """Marketplace fee on released money, in basis points, fixed when the charge was made."""
    purpose: Mapped[str] = mapped_column(String(200))
    return_path: Mapped[str] = mapped_column(String(1000), default="")
    """Path on this site where the payer continues afterwards."""
    provider: Mapped[str] = mapped_column(String(20))
    provider_reference: Mapped[str | None] = mapped_column(String(255))
    """The provider's id of the checkout."""
    payment_reference: Mapped[str | None] = mapped_column(String(255))
    """The provider's id of the payment, once it exists; refunds and disputes refer to it."""
    state: Mapped[ChargeState] = mapped_column(one_of(ChargeState, 10), default=ChargeState.PENDING)
    dispute: Mapped[str] = mapped_column(String(4), default="")
    """Chargeback at the payer's bank: "" none, open, won (by the marketplace), lost."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    payer: Mapped[User] = relationship(foreign_keys=payer_id)
    payee: Mapped[User | None] = relationship(foreign_keys=payee_id)
    hold: Mapped[Hold | None] = relationship(back_populates="charge", uselist=False)

    @property
    def checkout_url(self) -> str:
        """Path of the site's own payment page, which leads to the provider's."""
        return f"/pay/{self.token}"


class Hold(Base):
    """Paid money awaiting a decision, made exactly once; afterwards released + refunded = amount."""

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
    """Why it is frozen: dispute (on this site) or chargeback (at the payer's bank)."""
    released: Mapped[int] = mapped_column(BigInteger, default=0)
    """Gross, including the fee."""
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    fee: Mapped[int] = mapped_column(BigInteger, default=0)
    shares: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Gross released amounts by user id."""
    resolution_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]

    charge: Mapped[Charge] = relationship(back_populates="hold")
    payer: Mapped[User] = relationship(foreign_keys=payer_id)
    payee: Mapped[User | None] = relationship(foreign_keys=payee_id)
