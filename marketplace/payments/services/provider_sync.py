"""Sweep that polls the provider about due rows and applies the answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from marketplace.core.claims import end_claim
from marketplace.core.database import db, reading
from marketplace.core.sweeps import SWEEP_SECONDS, Claim, Clock, Rows
from marketplace.core.transitions import move_all
from marketplace.payments.models import Charge, Movement, PayoutAccount
from marketplace.payments.models.asking import Asked
from marketplace.payments.providers.protocol import ChargeOrder, MovementOrder, NotReady, OutcomeUnknown, Refused
from marketplace.payments.services import charging, provider_results, transfers
from marketplace.payments.setup import payments
from marketplace.payments.states import MOVEMENT_MOVES, MovementState

Row = TypeVar("Row", bound=Asked)
Q = TypeVar("Q")
Result = Callable[[Row, datetime], None]
"""Applies a provider's answer to the row at the given time."""


def ask_due(clock: Clock, seconds: float = SWEEP_SECONDS) -> int:
    """Ask about one batch of each kind; return how many rows were due. Commits as it goes.

    If the provider is slow, rows not asked about within `seconds` are given back.
    """
    wake_waiting(clock())
    stop_at = time.monotonic() + seconds
    return sum(ask(clock, stop_at - time.monotonic()) for ask in (_charges, _movements, _accounts))


def wake_waiting(now: datetime) -> None:
    """Make waiting transfers due whose payee's account is ready."""
    ready = select(PayoutAccount.id).where(
        PayoutAccount.user_id == Movement.user_id, PayoutAccount.provider == Movement.provider, PayoutAccount.ready
    )
    waiting = [MovementState.WAITING]
    move_all(
        Movement, waiting, MovementState.DUE, transfers.MARKET, MOVEMENT_MOVES, ready.exists(), due_at=now, reason=""
    )
    db.session.commit()


def _charge(order: ChargeOrder) -> Result[Charge]:
    if order.reference is None:
        return provider_results.charge_abandoned
    try:
        report = payments().provider.report(order)
    except OutcomeUnknown:
        return provider_results.charge_unknown
    return lambda charge, now: provider_results.charge_reported(charge, report, now)


def _movement_question(movement: Movement) -> tuple[MovementOrder, str | None, bool]:
    return transfers.order_of(movement), movement.provider_reference, movement.attempts > 1 or movement.tries > 0


def _movement(question: tuple[MovementOrder, str | None, bool]) -> Result[Movement]:
    order, reference, asked_before = question
    provider = payments().provider
    try:
        report = (provider.find(order, reference) if asked_before or reference else None) or provider.send(order)
    except OutcomeUnknown:
        return provider_results.movement_unknown
    except NotReady as refusal:
        reason = str(refusal)
        return lambda movement, now: provider_results.movement_waits(movement, reason, now)
    except Refused as refusal:
        reason = str(refusal)
        return lambda movement, now: provider_results.movement_refused(movement, reason, now)
    return lambda movement, now: transfers.settle_movement(movement, report, now)


def _account(reference: str) -> Result[PayoutAccount]:
    try:
        report = payments().provider.account(reference)
    except OutcomeUnknown:
        return provider_results.account_unknown
    return lambda account, now: provider_results.account_reported(account, report, now)


def _asking(model: type[Row], question_of: Callable[[Row], Q], answer: Callable[[Q], Result[Row]]) -> Rows[Row]:
    """Sweep over due rows of `model`: read, ask without a transaction, apply the answer if still claimed."""

    def ask(claim: Claim[Row], clock: Clock) -> None:
        with reading():
            row = db.session.get_one(model, claim.id)
            question, hints, provider = question_of(row), row.hints, getattr(row, "provider", "")
            db.session.rollback()
        is_ours = provider == payments().provider.name
        take_over = answer(question) if is_ours else provider_results.other_provider
        now = clock()
        if locked := claim.lock():
            take_over(locked, now)
            end_claim(locked, now if locked.hints != hints else locked.due_at)

    return Rows(model, ask, limit=5, lease_seconds=120, is_counted=True)


_charges = _asking(Charge, charging.order_of, _charge)
_movements = _asking(Movement, _movement_question, _movement)
_accounts = _asking(PayoutAccount, lambda account: account.reference, _account)
