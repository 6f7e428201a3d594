"""The sandbox's tables, read by nothing else, as they simulate another company's database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.claims import Due
from marketplace.core.database import Base


class SandboxPayment(Base):
    """A checkout and its payment."""

    __tablename__ = "sandbox_payments"

    reference: Mapped[str] = mapped_column(String(64), primary_key=True)
    charge_token: Mapped[str] = mapped_column(String(64), unique=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    purpose: Mapped[str] = mapped_column(String(200))
    back: Mapped[str] = mapped_column(String(1000))
    card: Mapped[str] = mapped_column(String(20), default="")
    """Card used for payment; "" while unpaid."""
    canceled: Mapped[bool] = mapped_column(default=False)
    dispute: Mapped[str] = mapped_column(String(4), default="")
    """The bank's decision (won, lost); "" before."""
    paid_at: Mapped[datetime | None]


class SandboxMovement(Base):
    """A completed transfer, refund or payout."""

    __tablename__ = "sandbox_movements"
    __table_args__ = (Index("ix_sandbox_movements_account", "account"),)

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    reference: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    payment: Mapped[str] = mapped_column(String(64))
    account: Mapped[str] = mapped_column(String(64))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))


class SandboxAccount(Base):
    """A person's account at the sandbox."""

    __tablename__ = "sandbox_accounts"

    reference: Mapped[str] = mapped_column(String(64), primary_key=True)
    back: Mapped[str] = mapped_column(String(1000))
    ready: Mapped[bool] = mapped_column(default=False)


class SandboxMessage(Due, Base):
    """A webhook to deliver."""

    __tablename__ = "sandbox_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
