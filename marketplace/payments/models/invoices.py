"""Invoices of each release: payee to payer, and marketplace to payee for the fee."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core.append_only import protect_when_created
from marketplace.core.database import Base
from marketplace.payments.models.charges import Hold


class Invoice(Base):
    """A sale, with names and purpose as of the day of issue; never changed."""

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("series", "number"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_invoices_seller_id_id", "seller_id", "id"),
        Index("ix_invoices_buyer_id_id", "buyer_id", "id"),
        Index("ix_invoices_hold_id", "hold_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(20))
    """Series of the seller: "F" for the marketplace's fees, "S12" for the seller with id 12."""
    number: Mapped[int]
    """Consecutive number from 1 in each series, without gaps."""
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None for the marketplace."""
    buyer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    hold_id: Mapped[int] = mapped_column(ForeignKey("holds.id"))
    seller_name: Mapped[str] = mapped_column(String(80))
    buyer_name: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(250))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    issued_at: Mapped[datetime]

    seller: Mapped[User | None] = relationship(foreign_keys=seller_id)
    buyer: Mapped[User] = relationship(foreign_keys=buyer_id)
    hold: Mapped[Hold] = relationship()

    @property
    def reference(self) -> str:
        """Number as printed, such as S12-0007."""
        return f"{self.series}-{self.number:04}"


class InvoiceCounter(Base):
    """Last number of a series, incremented in the transaction that issues the invoice, so a rollback leaves no gap."""

    __tablename__ = "invoice_counters"

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int]


protect_when_created(Invoice.__table__)
