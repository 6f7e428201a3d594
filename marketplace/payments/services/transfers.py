"""Outgoing money: make movements due, and apply the provider's reports."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.transitions import move
from marketplace.core.upserts import insert_once
from marketplace.payments.amounts import amount_problem
from marketplace.payments.models import AccountKind, Hold, Movement, MovementKind, PayoutAccount
from marketplace.payments.models.asking import ASK_AGAIN, hint
from marketplace.payments.providers.protocol import MovementOrder, MovementReport
from marketplace.payments.services.booking import About, book
from marketplace.payments.setup import payments
from marketplace.payments.states import MOVEMENT_MOVES, MovementState

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.payments.services.booking import Legs

PROVIDER, MARKET = "provider", "market"
WAITS_FOR_ACCOUNT = "Waits for your payout details."


def payout_account(user_id: int, provider: str) -> PayoutAccount | None:
    """The person's account at this provider; None before onboarding."""
    mine = select(PayoutAccount).where(PayoutAccount.user_id == user_id, PayoutAccount.provider == provider)
    return db.session.scalar(mine)


def ask_to_move(kind: MovementKind, hold: Hold, user_id: int, amount: int, now: datetime) -> None:
    """Make a transfer or refund of resolved money due; a transfer waits until the person can be paid."""
    account = payout_account(user_id, hold.charge.provider)
    waits = kind is MovementKind.TRANSFER and not (account and account.ready)
    movement = Movement(
        key=f"{kind}:{hold.id}:{user_id}", kind=kind, hold_id=hold.id, user_id=user_id, amount=amount,
        currency=hold.currency, provider=hold.charge.provider, created_at=now,
        state=MovementState.WAITING if waits else MovementState.DUE,
        reason=WAITS_FOR_ACCOUNT if waits else "", due_at=None if waits else now,
    )  # fmt: skip
    db.session.add(movement)
    db.session.flush()
    doorbell.ring(doorbell.MOVE_MONEY)


def withdraw(user: User, amount: int, currency: str, now: datetime, key: str) -> Movement:
    """Pay out `amount` minor units of transferred money to the person's bank; the same key returns the same payout.

    Raises Overdrawn when there is less, Conflict when the payout account isn't ready or the key had another amount.
    """
    if amount <= 0:
        raise Invalid("amount", "Enter an amount above zero.")
    if problem := amount_problem(amount, currency):
        raise Invalid("amount", f"{problem} The rest stays in your account.")
    provider = payments().provider.name
    account = payout_account(user.id, provider)
    if account is None or not account.ready:
        raise Conflict("Your payout details are not complete yet.")
    values = {
        "key": key, "kind": MovementKind.PAYOUT, "user_id": user.id, "amount": amount, "currency": currency,
        "provider": provider, "state": MovementState.DUE, "created_at": now, "due_at": now,
    }  # fmt: skip
    is_new = insert_once(Movement, values, "key")
    movement = db.session.scalars(select(Movement).where(Movement.key == key)).one()
    if (movement.user_id, movement.amount, movement.currency) != (user.id, amount, currency):
        raise Conflict("This payout was asked for before with another amount.")
    if is_new:
        legs: Legs = {(AccountKind.WALLET, user.id): amount, (AccountKind.PAYOUTS, user.id): -amount}
        book(f"payout:{movement.id}", currency, legs, About("paying_out", "Payout to your bank", now))
        doorbell.ring(doorbell.MOVE_MONEY)
    return movement


def order_of(movement: Movement) -> MovementOrder:
    """The movement as an order for the provider."""
    charge = movement.hold.charge if movement.hold else None
    account = payout_account(movement.user_id, movement.provider)
    return MovementOrder(
        key=movement.provider_key,
        kind=movement.kind,
        amount=movement.amount,
        currency=movement.currency,
        group=charge.token if charge else "",
        payment_reference=(charge.payment_reference or "") if charge else "",
        destination=account.reference if account and movement.kind != MovementKind.REFUND else "",
    )


def settle_movement(movement: Movement, report: MovementReport, now: datetime) -> None:
    """Apply the provider's report; repeats change nothing. Pending movements are polled again."""
    movement.provider_reference = report.reference or movement.provider_reference
    if report.state == "pending":
        if movement.state == MovementState.UNKNOWN:
            move(movement, MovementState.DUE, PROVIDER, MOVEMENT_MOVES)
        movement.due_at = ASK_AGAIN.next_due(movement.attempts, now)
        return
    target = MovementState.SENT if report.state == "sent" else MovementState.FAILED
    movement.due_at = None
    if movement.state == target or not MOVEMENT_MOVES.allows(movement.state, target, PROVIDER):
        return
    came_back = movement.state == MovementState.SENT
    move(movement, target, PROVIDER, MOVEMENT_MOVES, settled_at=now, reason=report.reason[:300])
    if target is MovementState.SENT:
        _book(movement, now, "sent")
    elif came_back:
        _book(movement, now, "back", sign=-1)
    if target is MovementState.FAILED and movement.kind == MovementKind.PAYOUT:
        owner, amount = movement.user_id, movement.amount
        legs: Legs = {(AccountKind.PAYOUTS, owner): amount, (AccountKind.WALLET, owner): -amount}
        about = About("payout_failed", "Payout failed: the money is back in your account", now)
        book(f"failed:{movement.id}:{movement.tries}", movement.currency, legs, about)


_SENT: dict[str, tuple[str, AccountKind, AccountKind]] = {
    MovementKind.TRANSFER: ("transferred", AccountKind.PAYABLE, AccountKind.WALLET),
    MovementKind.REFUND: ("refunded", AccountKind.REFUNDS, AccountKind.CLEARING),
    MovementKind.PAYOUT: ("paid_out", AccountKind.PAYOUTS, AccountKind.CLEARING),
}
"""By kind: the entry's name, the debited account and the credited account."""


def _book(movement: Movement, now: datetime, step: str, sign: int = 1) -> None:
    what, debit, credit = _SENT[movement.kind]
    owner = movement.user_id
    other = (credit, owner if credit is AccountKind.WALLET else None)
    legs: Legs = {(debit, owner): sign * movement.amount, other: -sign * movement.amount}
    memo = movement.hold.charge.purpose if movement.hold else "Payout to your bank"
    about = About(what if sign > 0 else "came_back", memo, now, movement.hold_id)
    book(f"{step}:{movement.id}:{movement.tries}", movement.currency, legs, about)


def send_again(movement: Movement, now: datetime) -> None:
    """Retry a failed transfer or refund; raises Conflict for anything else."""
    if movement.state != MovementState.FAILED or movement.kind == MovementKind.PAYOUT:
        raise Conflict("Only a transfer or refund that failed can be sent again.")
    move(movement, MovementState.DUE, MARKET, MOVEMENT_MOVES, reason="", attempts=0)
    movement.tries += 1
    movement.provider_reference = None  # reference of the failed try, which must not be found again
    hint(movement, now)
    doorbell.ring(doorbell.MOVE_MONEY)
