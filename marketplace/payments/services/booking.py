"""The only way to write to the ledger: entries whose legs add up to zero, booked once per key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, insert, or_, select, update

from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.core.upserts import insert_once
from marketplace.payments.models import AccountKind, LedgerAccount, LedgerBalance, LedgerEntry, Posting

Legs = Mapping[tuple[AccountKind, int | None], int]
"""Minor units by (kind, owner; None is the marketplace): debit positive, credit negative."""


class Overdrawn(Conflict):
    """An account's balance is lower than the amount to take."""


@dataclass(frozen=True, slots=True)
class About:
    """Metadata of an entry."""

    what: str
    memo: str
    at: datetime
    hold_id: int | None = None


def book(key: str, currency: str, legs: Legs, about: About) -> bool:
    """Book the legs as one entry; return False if `key` was booked before, leaving that entry unchanged.

    Zero legs are omitted. Raises ValueError when the legs do not add up to zero or none is left, and Overdrawn when a
    balance would become negative. Rows are locked in account id order to avoid deadlocks.
    """
    legs = {account: amount for account, amount in legs.items() if amount}
    if not legs or sum(legs.values()) != 0:
        raise ValueError(f"the legs of {key} add up to {sum(legs.values())}, not to zero")
    values = {"key": key, "at": about.at, "what": about.what, "memo": about.memo[:200], "hold_id": about.hold_id}
    if not insert_once(LedgerEntry, values, "key"):
        return False
    entry_id = db.session.scalars(select(LedgerEntry.id).where(LedgerEntry.key == key)).one()
    accounts = _accounts({_name(kind, owner, currency): (kind, owner) for kind, owner in legs}, currency)
    amounts = {accounts[_name(kind, owner, currency)]: amount for (kind, owner), amount in legs.items()}
    ordered = sorted(amounts.items(), key=lambda leg: leg[0].id)
    for account, amount in ordered:
        _add(account, amount)  # locks the account, so its postings get ids in booking order
    rows = [{"entry_id": entry_id, "account_id": account.id, "amount": amount} for account, amount in ordered]
    db.session.execute(insert(Posting), rows)
    return True


def _name(kind: AccountKind, owner: int | None, currency: str) -> str:
    return f"{kind}:{owner or ''}:{currency}"


def _accounts(wanted: Mapping[str, tuple[AccountKind, int | None]], currency: str) -> dict[str, LedgerAccount]:
    """Load accounts with balances by name; create missing ones in name order."""
    found = _found(wanted)
    missing = sorted(set(wanted) - set(found))
    for name in missing:
        kind, owner = wanted[name]
        values = {"name": name, "kind": kind, "owner_id": owner, "currency": currency}
        insert_once(LedgerAccount, values, "name")
    if missing:
        found = _found(wanted)
        for name in missing:
            account = found[name]
            values = {"account_id": account.id, "amount": 0, "may_overdraw": account.kind == AccountKind.CLEARING}
            insert_once(LedgerBalance, values, "account_id")
    return found


def _found(names: Mapping[str, object]) -> dict[str, LedgerAccount]:
    rows = db.session.scalars(select(LedgerAccount).where(LedgerAccount.name.in_(names)))
    return {account.name: account for account in rows}


def _add(account: LedgerAccount, amount: int) -> None:
    change = amount * account.sign
    statement = (
        update(LedgerBalance)
        .where(LedgerBalance.account_id == account.id)
        .where(or_(LedgerBalance.amount + change >= 0, LedgerBalance.may_overdraw))
        .values(amount=LedgerBalance.amount + change)
        .execution_options(synchronize_session=False)
    )
    result: CursorResult[Any] = db.session.execute(statement)  # pyright: ignore[reportAssignmentType]
    if result.rowcount != 1:
        raise Overdrawn("There is less money there than this would take.")
