"""Resolve held money exactly once: release, refund, split, or share out a pool."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.events import hold_frozen, hold_resolved, hold_thawed
from marketplace.core.transitions import move
from marketplace.payments.amounts import step_within
from marketplace.payments.fees import fee_of
from marketplace.payments.models import AccountKind, Hold, MovementKind
from marketplace.payments.services.booking import About, book
from marketplace.payments.services.invoicing import issue_invoices
from marketplace.payments.services.transfers import ask_to_move
from marketplace.payments.states import HOLD_MOVES, HoldState

if TYPE_CHECKING:
    from marketplace.payments.services.booking import Legs

MARKET, BANK = "market", "bank"
DISPUTE, CHARGEBACK = "dispute", "chargeback"


def release(hold: Hold, now: datetime, key: str) -> Hold:
    """Release everything to the payee, less the fee. Raises Conflict when frozen or resolved by another key."""
    return _resolve(hold, {_payee(hold): hold.amount}, now, key)


def refund(hold: Hold, now: datetime, key: str) -> Hold:
    """Refund everything to the payer, without a fee. Raises Conflict like `release`."""
    return _resolve(hold, {}, now, key)


def split(hold: Hold, to_payee: int, now: datetime, key: str) -> Hold:
    """Give `to_payee` minor units, fee included, to the payee, the rest to the payer. Raises like `release`."""
    return _resolve(hold, {_payee(hold): to_payee}, now, key)


def pay_out(hold: Hold, shares: Mapping[int, int], now: datetime, key: str) -> Hold:
    """Share out a pool: minor units by user id, the remainder to the payer. Raises Conflict like `release`."""
    if hold.payee_id is not None:
        raise Invalid("shares", "Only a pool is shared out.")
    return _resolve(hold, shares, now, key)


def freeze(hold: Hold, now: datetime) -> Hold:
    """Freeze the money during a dispute; raises Conflict when already resolved."""
    return _freeze(hold, DISPUTE)


def unfreeze(hold: Hold, now: datetime) -> Hold:
    """Unfreeze after a dispute; raises Conflict while the payer's bank still disputes the payment."""
    if hold.charge.dispute == "open":
        raise Conflict("The payer’s bank disputes this payment. It stays frozen until the bank has decided.")
    if hold.state == HoldState.FROZEN:
        move(hold, HoldState.HELD, MARKET, HOLD_MOVES, frozen_for="")
    return hold


def open_chargeback(hold: Hold) -> None:
    """Freeze money still held after a chargeback opens, and notify higher rooms."""
    if hold.state in (HoldState.HELD, HoldState.FROZEN):
        if hold.state == HoldState.HELD:
            _freeze(hold, CHARGEBACK)
        hold_frozen.send(hold)


def close_chargeback(hold: Hold, now: datetime, *, lost: bool) -> None:
    """Apply the bank's decision. Lost: take the money from the hold or, if already resolved, from the marketplace."""
    key, about = f"chargeback:{hold.id}", About("charged_back", hold.charge.purpose, now, hold.id)
    if not lost:
        if hold.state == HoldState.FROZEN and hold.frozen_for == CHARGEBACK:
            move(hold, HoldState.HELD, MARKET, HOLD_MOVES, frozen_for="")
            hold_thawed.send(hold)
        return
    if hold.state == HoldState.HELD:
        _freeze(hold, CHARGEBACK)
    if hold.state == HoldState.FROZEN:
        values = {"refunded": hold.amount, "resolution_key": key, "resolved_at": now}
        move(hold, HoldState.REFUNDED, BANK, HOLD_MOVES, **values)
        source = (AccountKind.HELD, hold.payer_id)
        hold_resolved.send(hold)
    else:
        source = (AccountKind.LOSSES, None)
    book(key, hold.currency, {source: hold.amount, (AccountKind.CLEARING, None): -hold.amount}, about)


def _payee(hold: Hold) -> int:
    if hold.payee_id is None:
        raise Invalid("hold", "A pool has no single payee: share it out.")
    return hold.payee_id


def _freeze(hold: Hold, why: str) -> Hold:
    db.session.refresh(hold, with_for_update=True)
    if hold.state == HoldState.FROZEN:
        if why == DISPUTE:
            hold.frozen_for = why  # so that the bank's decision alone does not unfreeze it
        return hold
    if hold.state != HoldState.HELD:
        raise Conflict(f"This money is {hold.state} already.")
    move(hold, HoldState.FROZEN, MARKET, HOLD_MOVES, frozen_for=why)
    return hold


def _resolve(hold: Hold, shares: Mapping[int, int], now: datetime, key: str) -> Hold:
    """Resolve the hold if it is still held, book it, and make its movements due.

    Shares are rounded down to the provider's step; the remainder goes back to the payer.
    """
    step = step_within(hold)
    shares = {user_id: rounded for user_id, gross in shares.items() if (rounded := gross - gross % step)}
    stored = {str(user_id): gross for user_id, gross in sorted(shares.items())}
    db.session.refresh(hold, with_for_update=True)
    if hold.resolution_key == key and hold.shares == stored:
        return hold
    if hold.state != HoldState.HELD:
        raise Conflict(f"This money is {hold.state} already.")
    released = sum(shares.values())
    if min(shares.values(), default=0) < 0 or released > hold.amount:
        raise Invalid("shares", "The parts must be zero or more, and together no more than what is held.")
    fees = {user_id: fee_of(gross, hold.fee_bps, step) for user_id, gross in shares.items()}
    move(
        hold, _target(released, hold.amount), MARKET, HOLD_MOVES, released=released, refunded=hold.amount - released,
        fee=sum(fees.values()), shares=stored, resolution_key=key, resolved_at=now,
    )  # fmt: skip
    _carry_out(hold, shares, fees, now)
    hold_resolved.send(hold)
    return hold


def _target(released: int, amount: int) -> HoldState:
    if released == amount:
        return HoldState.RELEASED
    return HoldState.SPLIT if released else HoldState.REFUNDED


def _carry_out(hold: Hold, shares: Mapping[int, int], fees: Mapping[int, int], now: datetime) -> None:
    nets = {user_id: gross - fees[user_id] for user_id, gross in shares.items()}
    legs: Legs = {
        (AccountKind.HELD, hold.payer_id): hold.amount,
        (AccountKind.FEES, None): -hold.fee,
        (AccountKind.REFUNDS, hold.payer_id): -hold.refunded,
        **{(AccountKind.PAYABLE, user_id): -net for user_id, net in nets.items()},
    }
    book(f"resolve:{hold.id}", hold.currency, legs, About("resolved", hold.charge.purpose, now, hold.id))
    for user_id, net in nets.items():
        ask_to_move(MovementKind.TRANSFER, hold, user_id, net, now)
    if hold.refunded:
        ask_to_move(MovementKind.REFUND, hold, hold.payer_id, hold.refunded, now)
    issue_invoices(hold, shares, fees, now)
