"""Verify the ledger's rules over all rows, streamed so that memory use stays constant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select

from marketplace.core.database import db
from marketplace.payments.models import (
    AccountKind,
    Charge,
    Hold,
    Invoice,
    InvoiceCounter,
    LedgerAccount,
    LedgerBalance,
    LedgerEntry,
    Movement,
    MovementKind,
    Posting,
)
from marketplace.payments.models.ledger import DEBIT_KINDS
from marketplace.payments.states import UNRESOLVED, ChargeState

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Offence:
    """A violation: the rule, the place and the numbers."""

    rule: str
    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.detail}"


Found = Iterator[Offence | None]
"""One item per row checked; None if the row is in order."""


def entries_add_up() -> Found:
    """Each entry has at least two legs, in one currency, adding up to zero."""
    legs = (
        select(LedgerEntry.id, LedgerEntry.key, LedgerAccount.currency, func.sum(Posting.amount), func.count())
        .outerjoin(Posting, Posting.entry_id == LedgerEntry.id)
        .outerjoin(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .group_by(LedgerEntry.id, LedgerEntry.key, LedgerAccount.currency)
        .order_by(LedgerEntry.id)
    )
    previous = None
    for entry_id, key, currency, total, count in _rows(legs):
        where = f"entry {entry_id} ({key})"
        if entry_id == previous:
            yield Offence("one currency an entry", where, f"{currency} among others")
        elif total is None or count < 2:
            yield Offence("two legs at least", where, f"{0 if total is None else count} postings")
        else:
            yield Offence("legs add up to zero", where, f"{total} {currency}") if total else None
        previous = entry_id


def balances_are_sums() -> Found:
    """Each account's balance is the sum of its postings."""
    natural = case((LedgerAccount.kind.in_(DEBIT_KINDS), Posting.amount), else_=-Posting.amount)
    sums = (
        select(LedgerAccount.name, LedgerBalance.amount, func.coalesce(func.sum(natural), 0))
        .outerjoin(LedgerBalance, LedgerBalance.account_id == LedgerAccount.id)
        .outerjoin(Posting, Posting.account_id == LedgerAccount.id)
        .group_by(LedgerAccount.id, LedgerAccount.name, LedgerBalance.amount)
        .order_by(LedgerAccount.id)
    )
    for name, kept, total in _rows(sums):
        same = kept == total
        yield None if same else Offence("balance is the sum of postings", name, f"kept {kept}, postings give {total}")


def never_overdrawn() -> Found:
    """No account was ever negative, except clearing (chargebacks of money already paid out)."""
    natural = case((LedgerAccount.kind.in_(DEBIT_KINDS), Posting.amount), else_=-Posting.amount)
    running = func.sum(natural).over(partition_by=Posting.account_id, order_by=Posting.id)
    moments = (
        select(LedgerAccount.name, Posting.entry_id, running)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(LedgerAccount.kind != AccountKind.CLEARING)
    )
    for name, entry_id, amount in _rows(moments):
        yield Offence("never below zero", f"{name} at entry {entry_id}", str(amount)) if amount < 0 else None


def charges_are_held() -> Found:
    """Exactly the succeeded charges have a hold, with the same amount and currency."""
    pairs = select(Charge.id, Charge.state, Charge.amount, Charge.currency, Hold.amount, Hold.currency)
    for charge_id, state, amount, currency, held, held_currency in _rows(
        pairs.outerjoin(Hold, Hold.charge_id == Charge.id).order_by(Charge.id)
    ):
        wanted = (amount, currency) if state == ChargeState.SUCCEEDED else (None, None)
        fits = (held, held_currency) == wanted
        detail = f"{state} charge of {amount} {currency}, hold of {held} {held_currency}"
        yield None if fits else Offence("a hold for each paid charge", f"charge {charge_id}", detail)


def holds_are_whole() -> Found:
    """Funded = released + refunded + still held; resolved once; fee + net = released."""

    def part(kind: AccountKind, sign: int, *whats: str) -> Any:
        matches = (LedgerAccount.kind == kind) & (LedgerEntry.what.in_(whats)) & (sign * Posting.amount > 0)
        return func.coalesce(func.sum(case((matches, sign * Posting.amount), else_=0)), 0)

    decided = (LedgerAccount.kind == AccountKind.HELD) & (Posting.amount > 0)
    sums = (
        select(
            Hold.id, Hold.state, Hold.amount, Hold.released, Hold.refunded, Hold.fee,
            part(AccountKind.HELD, -1, "charged"),
            part(AccountKind.HELD, 1, "resolved", "charged_back"),
            func.count(case((decided, 1))),
            part(AccountKind.PAYABLE, -1, "resolved"),
            part(AccountKind.FEES, -1, "resolved"),
            part(AccountKind.REFUNDS, -1, "resolved"),
        )
        .outerjoin(LedgerEntry, LedgerEntry.hold_id == Hold.id)
        .outerjoin(Posting, Posting.entry_id == LedgerEntry.id)
        .outerjoin(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .group_by(Hold.id)
        .order_by(Hold.id)
    )  # fmt: skip
    for row in _rows(sums):
        yield _hold_offence(*row)


def _hold_offence(
    hold_id: int, state: str, amount: int, released: int, refunded: int, fee: int,
    funded: int, resolved: int, times: int, net: int, fees: int, refunds: int,
) -> Offence | None:  # fmt: skip
    where, is_open = f"hold {hold_id} ({state})", state in UNRESOLVED
    still_held = amount if is_open else 0
    if funded != amount or funded != released + refunded + still_held:
        detail = f"funded {funded} of {amount}, released {released}, refunded {refunded}, held {still_held}"
        return Offence("funded = released + refunded + held", where, detail)
    if times != (0 if is_open else 1) or resolved != (0 if is_open else amount):
        return Offence("resolved once", where, f"{times} times, {resolved} of {amount}")
    if net + fees != released or fees != fee:
        return Offence("fee + net = gross", where, f"fee {fees}, net {net}, gross {released}")
    taken_by_bank = refunded - refunds
    if taken_by_bank not in (0, amount):
        return Offence("refunded as decided", where, f"{refunds} of {refunded}")
    return None


def movements_follow() -> Found:
    """Movements of a hold match the decision."""
    sums = (
        select(
            Hold.id, Hold.released - Hold.fee, Hold.refunded,
            func.coalesce(func.sum(case((Movement.kind == MovementKind.TRANSFER, Movement.amount), else_=0)), 0),
            func.coalesce(func.sum(case((Movement.kind == MovementKind.REFUND, Movement.amount), else_=0)), 0),
        )
        .outerjoin(Movement, Movement.hold_id == Hold.id)
        .where(~Hold.resolution_key.like("chargeback:%"))
        .group_by(Hold.id)
        .order_by(Hold.id)
    )  # fmt: skip
    for hold_id, net, refunded, transfers, refunds in _rows(sums):
        fits = (net, refunded) == (transfers, refunds)
        detail = f"decided {net} and {refunded}, sent or to be sent {transfers} and {refunds}"
        yield None if fits else Offence("sent as decided", f"hold {hold_id}", detail)


def invoices_have_no_gaps() -> Found:
    """Each series is numbered 1, 2, 3 ... up to its counter."""
    series = (
        select(InvoiceCounter.series, InvoiceCounter.last, func.count(Invoice.id), func.max(Invoice.number))
        .outerjoin(Invoice, Invoice.series == InvoiceCounter.series)
        .group_by(InvoiceCounter.series, InvoiceCounter.last)
    )
    for name, last, count, highest in _rows(series):
        fits = last == count == highest
        detail = f"counter {last}, {count} invoices, highest {highest}"
        yield None if fits else Offence("invoice numbers without gaps", name, detail)


@dataclass(frozen=True, slots=True)
class Check:
    """A rule and the model whose rows it checks."""

    title: str
    model: type[Any]
    run: Callable[[], Found]

    def count(self) -> int:
        """Approximate number of rows to check."""
        return db.session.scalar(select(func.count()).select_from(self.model)) or 0


CHECKS = (
    Check("Entries add up", LedgerEntry, entries_add_up),
    Check("Balances are sums", LedgerAccount, balances_are_sums),
    Check("Never overdrawn", Posting, never_overdrawn),
    Check("Paid charges are held", Charge, charges_are_held),
    Check("Holds are whole", Hold, holds_are_whole),
    Check("Sent as decided", Hold, movements_follow),
    Check("Invoices have no gaps", InvoiceCounter, invoices_have_no_gaps),
)


def offences() -> list[Offence]:
    """All violations; empty for a valid ledger."""
    return [offence for check in CHECKS for offence in check.run() if offence]


def _rows(statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    return iter(db.session.execute(statement.execution_options(yield_per=BATCH)))
