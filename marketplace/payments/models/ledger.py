"""Ledger: accounts, entries and postings, never deleted, and each account's balance.

Amounts are integer minor units, debit positive and credit negative (docs/decisions/0015).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.append_only import protect_when_created
from marketplace.core.database import Base
from marketplace.core.states import one_of
from marketplace.payments.models.charges import Hold


class AccountKind(StrEnum):
    """Purpose of an account; clearing and losses are debit accounts, all others credit accounts."""

    CLEARING = "clearing"
    """The marketplace's money at the provider."""
    HELD = "held"
    """Paid by its owner and not released yet."""
    PAYABLE = "payable"
    """Earned by its owner and not transferred yet."""
    WALLET = "wallet"
    """In its owner's account at the provider, not paid out yet."""
    PAYOUTS = "payouts"
    """On its way to its owner's bank."""
    REFUNDS = "refunds"
    """On its way back to its owner's card."""
    FEES = "fees"
    """Fees earned by the marketplace."""
    LOSSES = "losses"
    """Chargebacks of money that was already released."""


DEBIT_KINDS = frozenset({AccountKind.CLEARING, AccountKind.LOSSES})


class LedgerAccount(Base):
    """One owner's money of one kind and currency; `owner_id` None is the marketplace."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (Index("ix_ledger_accounts_owner_id", "owner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    """kind:owner:currency; unique, so concurrent transactions can't create an account twice."""
    kind: Mapped[AccountKind] = mapped_column(one_of(AccountKind, 10, "kind_known"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    currency: Mapped[str] = mapped_column(String(3))

    @property
    def sign(self) -> int:
        """Factor from a sum of postings to the displayed amount: 1 for debit accounts, -1 for credit accounts."""
        return 1 if self.kind in DEBIT_KINDS else -1


class LedgerEntry(Base):
    """One movement of money; its postings have one currency and add up to zero."""

    __tablename__ = "ledger_entries"
    __table_args__ = (Index("ix_ledger_entries_hold_id", "hold_id"), Index("ix_ledger_entries_at_id", "at", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    """Idempotency key: the same key is booked once."""
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(20))
    """charged, resolved, transferred, refunded, paying_out, paid_out, payout_failed, charged_back or came_back."""
    memo: Mapped[str] = mapped_column(String(200))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"))

    hold: Mapped[Hold | None] = relationship(viewonly=True)
    postings: Mapped[list[Posting]] = relationship(back_populates="entry", order_by="Posting.id", viewonly=True)


class Posting(Base):
    """One leg of an entry: `amount` in minor units of the account's currency, debit positive."""

    __tablename__ = "postings"
    __table_args__ = (
        UniqueConstraint("entry_id", "account_id"),
        CheckConstraint("amount <> 0", name="amount_moves_something"),
        Index("ix_postings_account_id_id", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"))
    amount: Mapped[int] = mapped_column(BigInteger)

    entry: Mapped[LedgerEntry] = relationship(back_populates="postings", viewonly=True)
    account: Mapped[LedgerAccount] = relationship(viewonly=True)


class LedgerBalance(Base):
    """Sum of an account's postings on its normal side, in minor units; the database rejects negative balances.

    Only clearing may be overdrawn: a late chargeback of released money is taken from the marketplace.
    """

    __tablename__ = "ledger_balances"
    __table_args__ = (CheckConstraint("amount >= 0 OR may_overdraw", name="never_negative"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"), primary_key=True, autoincrement=False)
    amount: Mapped[int] = mapped_column(BigInteger)
    may_overdraw: Mapped[bool]

    account: Mapped[LedgerAccount] = relationship(viewonly=True)


for _model in (LedgerAccount, LedgerEntry, Posting):
    protect_when_created(_model.__table__)
