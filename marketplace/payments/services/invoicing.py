"""Issue the invoices of a release: payee to payer, and marketplace to payee for its fee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.core.upserts import insert
from marketplace.payments.models import Hold, Invoice, InvoiceCounter

MARKETPLACE = "Prebuilt"
FEE_SERIES = "F"


@dataclass(frozen=True, slots=True)
class _Sale:
    series: str
    seller_id: int | None
    buyer_id: int
    purpose: str
    amount: int


def issue_invoices(hold: Hold, shares: Mapping[int, int], fees: Mapping[int, int], now: datetime) -> None:
    """Issue one invoice per share and per fee; `shares` and `fees` are minor units by user id.

    Counters are locked in series order to avoid deadlocks.
    """
    purpose = hold.charge.purpose
    sales = [_Sale(f"S{user_id}", user_id, hold.payer_id, purpose, gross) for user_id, gross in shares.items()]
    sales += [
        _Sale(FEE_SERIES, None, user_id, f"Marketplace fee: {purpose}", fee) for user_id, fee in fees.items() if fee
    ]
    people = {person for sale in sales for person in (sale.seller_id, sale.buyer_id) if person is not None}
    names = {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(people)))}
    for sale in sorted(sales, key=lambda sale: sale.series):
        db.session.add(
            Invoice(
                series=sale.series, number=_next_number(sale.series), seller_id=sale.seller_id,
                buyer_id=sale.buyer_id, hold_id=hold.id, buyer_name=names[sale.buyer_id],
                seller_name=MARKETPLACE if sale.seller_id is None else names[sale.seller_id],
                purpose=sale.purpose, amount=sale.amount, currency=hold.currency, issued_at=now,
            )
        )  # fmt: skip


def _next_number(series: str) -> int:
    statement = (
        insert(InvoiceCounter)
        .values(series=series, last=1)
        .on_conflict_do_update(index_elements=["series"], set_={"last": InvoiceCounter.last + 1})
    )
    return db.session.execute(statement.returning(InvoiceCounter.last)).scalar_one()
