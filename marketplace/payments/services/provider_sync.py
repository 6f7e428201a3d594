"""The sweep: asks the provider about every row whose truth it knows, and takes the answers over.

Each row is leased, the provider is asked outside of any transaction, and the answer is stored if the lease still holds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from marketplace.core.claims import claim_due, end_claim, give_back_claims, lock_claimed
from marketplace.core.database import db
from marketplace.core.transitions import move_all
from marketplace.payments.models import Charge, Movement, PayoutAccount
from marketplace.payments.models.asking import Asked
from marketplace.payments.providers.protocol import NotReady, OutcomeUnknown, Refused
from marketplace.payments.services import charging, provider_results, transfers
from marketplace.payments.setup import payments
from marketplace.payments.states import MOVEMENT_MOVES, MovementState

log = logging.getLogger(__name__)

LEASE_SECONDS = 120
BATCH = 5
ASK_SECONDS = 20
"""After so long no further question of a round is begun, so that what was begun ends within its lease."""

Row = TypeVar("Row", bound=Asked)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Question:
    """A leased row as plain values: what is asked, and how to find the row again."""

    row_id: int
    token: str
    hints: int
    attempts: int
    provider: str
    details: Any


def ask_due(clock: Clock, seconds: float = ASK_SECONDS) -> int:
    """Ask about one batch of each kind; gives how many rows were due. Commits as it goes.

    With a provider that is slow to answer, what is not asked after `seconds` is given back.
    """
    wake_waiting(clock())
    stop_at = time.monotonic() + seconds
    return _charges(clock, stop_at) + _movements(clock, stop_at) + _accounts(clock, stop_at)


def wake_waiting(now: datetime) -> None:
    """Make transfers due whose payee can be paid by now."""
    ready = select(PayoutAccount.id).where(
        PayoutAccount.user_id == Movement.user_id, PayoutAccount.provider == Movement.provider, PayoutAccount.ready
    )
    waiting = [MovementState.WAITING]
    move_all(
        Movement, waiting, MovementState.DUE, transfers.MARKET, MOVEMENT_MOVES, ready.exists(), due_at=now, reason=""
    )
    db.session.commit()


def _charges(clock: Clock, stop_at: float) -> int:
    def answer(question: _Question) -> Callable[[Charge, datetime], None]:
        order = question.details
        if order.reference is None:
            return provider_results.charge_abandoned
        try:
            report = payments().provider.report(order)
        except OutcomeUnknown:
            return provider_results.charge_unknown
        return lambda charge, now: provider_results.charge_reported(charge, report, now)

    return _ask(Charge, charging.order_of, answer, clock, stop_at)


def _movements(clock: Clock, stop_at: float) -> int:
    def details(movement: Movement) -> Any:
        return transfers.order_of(movement), movement.provider_reference, movement.attempts > 1 or movement.tries > 0

    def answer(question: _Question) -> Callable[[Movement, datetime], None]:
        order, reference, asked_before = question.details
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

    return _ask(Movement, details, answer, clock, stop_at)


def _accounts(clock: Clock, stop_at: float) -> int:
    def answer(question: _Question) -> Callable[[PayoutAccount, datetime], None]:
        try:
            report = payments().provider.account(question.details)
        except OutcomeUnknown:
            return provider_results.account_unknown
        return lambda account, now: provider_results.account_reported(account, report, now)

    return _ask(PayoutAccount, lambda account: account.reference, answer, clock, stop_at)


def _ask(
    model: type[Row],
    details: Callable[[Row], Any],
    answer: Callable[[_Question], Callable[[Row, datetime], None]],
    clock: Clock,
    stop_at: float,
) -> int:
    rows = claim_due(model, clock(), BATCH, LEASE_SECONDS, attempts=model.attempts + 1)
    questions = [
        _Question(row.id, row.lease_token or "", row.hints, row.attempts, getattr(row, "provider", ""), details(row))
        for row in rows
    ]
    db.session.commit()
    for number, question in enumerate(questions):
        if time.monotonic() >= stop_at:
            not_asked = {one.row_id: one.token for one in questions[number:]}
            give_back_claims(model, not_asked, attempts=model.attempts - 1)
            db.session.commit()
            break
        try:
            _one(model, question, answer, clock)
            db.session.commit()
        except Exception:  # it comes back when its lease runs out; the others are not held up
            db.session.rollback()
            log.exception("the provider could not be asked", extra={"table": model.__name__, "id": question.row_id})
    return len(questions)


def _one(
    model: type[Row],
    question: _Question,
    answer: Callable[[_Question], Callable[[Row, datetime], None]],
    clock: Clock,
) -> None:
    if question.provider != payments().provider.name:
        take_over: Callable[[Row, datetime], None] = provider_results.other_provider
    else:
        take_over = answer(question)
    now = clock()
    row = lock_claimed(model, question.row_id, question.token)
    if row is None:
        return
    take_over(row, now)
    end_claim(row, now if row.hints != question.hints else row.due_at)
