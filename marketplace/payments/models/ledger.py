"""The ledger: accounts, entries and postings, kept for ever, and the balance that each account's postings add up to.

Amounts are integer minor units, debit positive and credit negative, as in docs/decisions/0015.
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
    """What an account is for; clearing and losses grow by debits, the others by credits."""

    CLEARING = "clearing"
    """Money that is with the provider, ours to direct."""
    HELD = "held"
    """Paid by its owner for work that is not released yet."""
    PAYABLE = "payable"
    """Earned by its owner, not yet transferred."""
    WALLET = "wallet"
    """Transferred to its owner's own account with the provider, not yet paid out."""
    PAYOUTS = "payouts"
    """On its way to its owner's bank."""
    REFUNDS = "refunds"
    """On its way back to its owner's card."""
    FEES = "fees"
    """What the marketplace earned."""
    LOSSES = "losses"
    """Chargebacks of money that was released already."""


DEBIT_KINDS = frozenset({AccountKind.CLEARING, AccountKind.LOSSES})


class LedgerAccount(Base):
    """One kind of one owner's money in one currency; `owner_id` None is the marketplace."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (Index("ix_ledger_accounts_owner_id", "owner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    """kind:owner:currency, so that two transactions can't make the same account twice."""
    kind: Mapped[AccountKind] = mapped_column(one_of(AccountKind, 10, "kind_known"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    currency: Mapped[str] = mapped_column(String(3))

    @property
    def sign(self) -> int:
        """What turns a sum of postings into the amount that a person reads: 1 for debit accounts, -1 for credit."""
        return 1 if self.kind in DEBIT_KINDS else -1


class LedgerEntry(Base):
    """One movement of money, as a whole; the postings of one entry add up to zero in its one currency."""

    __tablename__ = "ledger_entries"
    __table_args__ = (Index("ix_ledger_entries_hold_id", "hold_id"), Index("ix_ledger_entries_at_id", "at", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    """What makes booking idempotent: the same key is booked once."""
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(20))
    """charged | resolved | transferred | refunded | paying_out | paid_out | payout_failed | charged_back."""
    memo: Mapped[str] = mapped_column(String(200))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"))

    hold: Mapped[Hold | None] = relationship(viewonly=True)
    postings: Mapped[list[Posting]] = relationship(back_populates="entry", order_by="Posting.id", viewonly=True)


class Posting(Base):
    """One leg of an entry: `amount` minor units of the account's currency, debit positive."""

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
    """The sum of an account's postings on its normal side, kept beside them; the database refuses one below zero.

    Only clearing may be overdrawn: a bank that takes back what was released long ago takes it from the marketplace.
    """

    __tablename__ = "ledger_balances"
    __table_args__ = (CheckConstraint("amount >= 0 OR may_overdraw", name="never_negative"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"), primary_key=True, autoincrement=False)
    amount: Mapped[int] = mapped_column(BigInteger)
    may_overdraw: Mapped[bool]

    account: Mapped[LedgerAccount] = relationship(viewonly=True)


for _model in (LedgerAccount, LedgerEntry, Posting):
    protect_when_created(_model.__table__)
