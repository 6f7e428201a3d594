"""Apply the provider's answers to rows: the new state, and when to ask again."""

from __future__ import annotations

from datetime import datetime

from marketplace.core.transitions import move
from marketplace.payments.models import Charge, Movement, PayoutAccount
from marketplace.payments.models.asking import ASK_AGAIN, Asked
from marketplace.payments.providers.protocol import AccountReport, ChargeReport, MovementReport
from marketplace.payments.services.charging import settle_charge
from marketplace.payments.services.settlement import close_chargeback, open_chargeback
from marketplace.payments.services.transfers import payout_account, settle_movement
from marketplace.payments.states import MOVEMENT_MOVES, OPEN_CHARGES, ChargeState, MovementState

PROVIDER = "provider"


def charge_reported(charge: Charge, report: ChargeReport, now: datetime) -> None:
    """Settle the charge and follow chargebacks."""
    settle_charge(charge, report.state, now, report.payment_reference)
    charge.due_at = ASK_AGAIN.next_due(charge.attempts, now) if charge.state in OPEN_CHARGES else None
    if report.dispute == "open":
        charge.due_at = now + ASK_AGAIN.longest  # banks take long, and their webhook may get lost
    hold, before = charge.hold, charge.dispute
    if hold is None or report.dispute in ("", before):
        return
    charge.dispute = report.dispute
    if before != "open":  # the first dispute, or another one after a decided one
        open_chargeback(hold)
    if report.dispute != "open":
        close_chargeback(hold, now, lost=report.dispute == "lost")


def charge_unknown(charge: Charge, now: datetime) -> None:
    """No answer: mark the charge unknown and ask again."""
    settle_charge(charge, ChargeState.UNKNOWN, now)
    charge.due_at = ASK_AGAIN.next_due(charge.attempts, now)


def charge_abandoned(charge: Charge, now: datetime) -> None:
    """The payer never opened the provider's page: cancel the charge."""
    settle_charge(charge, ChargeState.CANCELED, now)
    charge.due_at = None


def movement_unknown(movement: Movement, now: datetime) -> None:
    """No answer: it may have been sent, so ask the provider for it before sending again."""
    if movement.state == MovementState.DUE:
        move(movement, MovementState.UNKNOWN, PROVIDER, MOVEMENT_MOVES)
    movement.due_at = ASK_AGAIN.next_due(movement.attempts, now)


def movement_waits(movement: Movement, reason: str, now: datetime) -> None:
    """The payee's account can't receive money: wait until it is reported ready."""
    move(movement, MovementState.WAITING, PROVIDER, MOVEMENT_MOVES, reason=reason[:300])
    movement.due_at = None
    if account := payout_account(movement.user_id, movement.provider):
        account.ready, account.due_at = False, ASK_AGAIN.next_due(movement.attempts, now)


def movement_refused(movement: Movement, reason: str, now: datetime) -> None:
    """Fail the movement: the provider's refusal is final."""
    settle_movement(movement, MovementReport("failed", "", reason), now)


def account_reported(account: PayoutAccount, report: AccountReport, now: datetime) -> None:
    """Store whether the person can be paid; poll again while not."""
    account.ready, account.missing, account.checked_at = report.ready, report.missing[:300], now
    account.due_at = None if report.ready else ASK_AGAIN.next_due(account.attempts, now)


def account_unknown(account: PayoutAccount, now: datetime) -> None:
    """No answer: keep what is known and ask again."""
    account.due_at = ASK_AGAIN.next_due(account.attempts, now)


def other_provider(row: Asked, now: datetime) -> None:
    """The row belongs to another provider than the current settings: wait until that one is back."""
    row.due_at = now + ASK_AGAIN.longest
