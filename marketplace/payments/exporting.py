"""Export the ledger in beancount's plain-text format, for checks without this product."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core import money
from marketplace.core.database import db
from marketplace.core.text import one_line
from marketplace.payments.models import AccountKind, LedgerAccount, LedgerBalance, LedgerEntry, Posting

BATCH = 1_000
ROOTS = {AccountKind.CLEARING: "Assets", AccountKind.FEES: "Income", AccountKind.LOSSES: "Expenses"}
"""beancount root by account kind; all other kinds are Liabilities."""


def as_beancount() -> Iterator[str]:
    """Yield the ledger line by line: account openings, entries in order, and final balance assertions."""
    yield 'option "title" "Marketplace ledger"\n'
    first = db.session.scalar(select(func.min(LedgerEntry.at)))
    last = db.session.scalar(select(func.max(LedgerEntry.at)))
    if first is None or last is None:
        return
    for account in db.session.scalars(select(LedgerAccount).order_by(LedgerAccount.id)):
        yield f"{_day(first)} open {name_of(account)} {account.currency}\n"
    for entry in _entries():
        yield _transaction(entry)
    yield from _assertions(_day(last) + timedelta(days=1))


def name_of(account: LedgerAccount) -> str:
    """Account name in beancount, such as Liabilities:Held:User12:EUR."""
    kind = AccountKind(account.kind)
    owner = [f"User{account.owner_id}"] if account.owner_id else []
    return ":".join([ROOTS.get(kind, "Liabilities"), kind.capitalize(), *owner, account.currency])


def _entries() -> Iterator[LedgerEntry]:
    """Entries in id order, which is booking order."""
    last = 0
    legs = selectinload(LedgerEntry.postings).options(joinedload(Posting.account))
    while batch := db.session.scalars(
        select(LedgerEntry).where(LedgerEntry.id > last).order_by(LedgerEntry.id).limit(BATCH).options(legs)
    ).all():
        yield from batch
        last: int = batch[-1].id


def _transaction(entry: LedgerEntry) -> str:
    lines = [f'\n{_day(entry.at)} * "{_quoted(entry.what)}" "{_quoted(entry.memo)}"', f'  key: "{_quoted(entry.key)}"']
    lines += [f"  {name_of(leg.account)}  {_amount(leg.amount, leg.account.currency)}" for leg in entry.postings]
    return "\n".join(lines) + "\n"


def _assertions(day: date) -> Iterator[str]:
    kept = select(LedgerBalance).options(joinedload(LedgerBalance.account)).order_by(LedgerBalance.account_id)
    yield "\n"
    for balance in db.session.scalars(kept):
        account = balance.account
        yield f"{day} balance {name_of(account)}  {_amount(balance.amount * account.sign, account.currency)}\n"


def _amount(minor: int, currency: str) -> str:
    digits = money.precision(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f} {currency}"


def _quoted(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace('"', '\\"')


def _day(moment: datetime) -> date:
    return moment.date()
