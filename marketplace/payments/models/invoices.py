"""Invoices: one from the payee to the payer and one from the marketplace to the payee for each release."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core.append_only import protect_when_created
from marketplace.core.database import Base
from marketplace.payments.models.charges import Hold


class Invoice(Base):
    """What was sold to whom, with names and words as they were on that day; never changed."""

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
    """The seller's: "F" for the marketplace's fees, "S12" for the seller with id 12."""
    number: Mapped[int]
    """1, 2, 3 ... without gaps in each series."""
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None: the marketplace."""
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
        """The number as printed, such as S12-0007."""
        return f"{self.series}-{self.number:04}"


class InvoiceCounter(Base):
    """The last number of a series; raised in the transaction that issues the invoice, so a rollback leaves no gap."""

    __tablename__ = "invoice_counters"

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int]


protect_when_created(Invoice.__table__)
