"""A person's statement: each ledger entry that concerns them as one line, with its effect on their money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Select, select, union
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core.database import db
from marketplace.core.pages import KeysetPage, page_of
from marketplace.payments.models import AccountKind, Hold, LedgerAccount, LedgerEntry, Posting

if TYPE_CHECKING:
    from marketplace.accounts.models import User

BATCH = 500


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry from the reader's view; `amount` is the change in their own money, negative when taken."""

    at: datetime
    words: str
    memo: str
    currency: str
    amount: int
    """Minor units; 0 where money only moved between accounts."""
    about: int
    """Total of the entry in minor units: held, released or moved."""
    fee: int


def statement(user: User, after: str | None) -> tuple[KeysetPage[LedgerEntry], list[StatementLine]]:
    """One page of the person's entries, newest first, with their lines."""
    page = page_of(_entries_of(user.id), [LedgerEntry.id], after)
    return page, [line_of(entry, user.id) for entry in page.rows]


def whole_statement(user: User) -> Iterator[StatementLine]:
    """Yield every line, oldest first, read in batches."""
    last: int = 0
    while True:
        batch = db.session.scalars(
            _entries_of(user.id).where(LedgerEntry.id > last).order_by(LedgerEntry.id).limit(BATCH)
        ).all()
        yield from (line_of(entry, user.id) for entry in batch)
        if len(batch) < BATCH:
            return
        last = batch[-1].id


def _entries_of(user_id: int) -> Select[LedgerEntry]:
    """Entries on the person's accounts, and charges held (or charged back) for them."""
    own = select(Posting.entry_id).join(LedgerAccount).where(LedgerAccount.owner_id == user_id)
    for_them = (
        select(LedgerEntry.id)
        .join(Hold, Hold.id == LedgerEntry.hold_id)
        .where(Hold.payee_id == user_id, LedgerEntry.what.in_(("charged", "charged_back")))
    )
    mine = union(own, for_them).subquery()
    return (
        select(LedgerEntry)
        .where(LedgerEntry.id.in_(select(mine.c[0])))
        .options(
            selectinload(LedgerEntry.postings).joinedload(Posting.account),
            joinedload(LedgerEntry.hold),
        )
    )


def line_of(entry: LedgerEntry, user_id: int) -> StatementLine:
    """Describe the entry for this person."""
    sizes = {
        AccountKind(posting.account.kind): abs(posting.amount)
        for posting in entry.postings
        if posting.account.owner_id == user_id
    }
    total = sum(posting.amount for posting in entry.postings if posting.amount > 0)
    currency = entry.postings[0].account.currency
    words, amount, about, fee = _meaning(entry, user_id, sizes, total)
    return StatementLine(entry.at, words, entry.memo, currency, amount, about, fee)


def _meaning(entry: LedgerEntry, user_id: int, sizes: dict[AccountKind, int], total: int) -> tuple[str, int, int, int]:
    """(words, amount, about, fee) of an entry; amounts in minor units."""
    is_payer = entry.hold is not None and entry.hold.payer_id == user_id
    match entry.what:
        case "charged":
            return ("Paid by you, held", -total, total, 0) if is_payer else ("Paid for your work, held", 0, total, 0)
        case "resolved":
            return _resolution(entry, user_id, sizes, is_payer=is_payer)
        case "charged_back":
            return ("Taken back by your bank", total, total, 0) if is_payer else ("Taken back by the bank", 0, total, 0)
        case _:
            return _WORDS.get(entry.what, entry.what), 0, total, 0


def _resolution(
    entry: LedgerEntry, user_id: int, sizes: dict[AccountKind, int], *, is_payer: bool
) -> tuple[str, int, int, int]:
    hold = entry.hold
    if is_payer:
        back, held = sizes.get(AccountKind.REFUNDS, 0), sizes.get(AccountKind.HELD, 0)
        words = "Refunded to you" if back == held else "Released in part, the rest refunded" if back else "Released"
        return words, back, held, 0
    net = sizes.get(AccountKind.PAYABLE, 0)
    gross = int(hold.shares.get(str(user_id), net)) if hold else net
    return "Released to you", net, gross, gross - net


_WORDS = {
    "transferred": "Transferred to your account",
    "refunded": "Refund sent to your card",
    "paying_out": "Payout to your bank begun",
    "paid_out": "Payout sent to your bank",
    "payout_failed": "Payout failed, back in your account",
    "came_back": "Came back from the payment service",
}
