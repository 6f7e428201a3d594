"""Balances of a person's money by currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.core.database import db
from marketplace.payments.models import AccountKind, Hold, LedgerAccount, LedgerBalance
from marketplace.payments.states import UNRESOLVED

if TYPE_CHECKING:
    from marketplace.accounts.models import User

Balances = Mapping[str, Mapping[str, int]]
"""Minor units by currency, then account kind; zero amounts are omitted."""


def balance(user: User) -> Balances:
    """The person's ledger balances."""
    rows = db.session.execute(
        select(LedgerAccount.currency, LedgerAccount.kind, LedgerBalance.amount)
        .join(LedgerBalance, LedgerBalance.account_id == LedgerAccount.id)
        .where(LedgerAccount.owner_id == user.id, LedgerBalance.amount != 0)
        .order_by(LedgerAccount.currency)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for currency, kind, amount in rows:
        found[currency][kind] = amount
    return found


def held_for(user: User) -> Mapping[str, int]:
    """Undecided money that others paid for this person's work, in minor units by currency."""
    rows = db.session.execute(
        select(Hold.currency, func.sum(Hold.amount))
        .where(Hold.payee_id == user.id, Hold.state.in_(UNRESOLVED))
        .group_by(Hold.currency)
    )
    return {currency: int(amount) for currency, amount in rows}


WORDS: dict[str, str] = {
    AccountKind.HELD: "Paid by you and held",
    "for_you": "Held for your work",
    AccountKind.PAYABLE: "Earned, being transferred",
    AccountKind.WALLET: "Ready to pay out",
    AccountKind.PAYOUTS: "On its way to your bank",
    AccountKind.REFUNDS: "On its way back to you",
}
"""Labels of balance parts, in page order."""


def balances_in_words(user: User) -> Mapping[str, list[tuple[str, int]]]:
    """Nonzero balance parts per currency, as (label, minor units)."""
    own, for_you = balance(user), held_for(user)
    return {
        currency: [
            (words, amount)
            for kind, words in WORDS.items()
            if (amount := for_you.get(currency, 0) if kind == "for_you" else own.get(currency, {}).get(kind, 0))
        ]
        for currency in sorted({*own, *for_you})
    }
