"""Request money from a payer, and turn a paid charge into a hold."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, demand
from marketplace.core.events import charge_failed, charge_settled
from marketplace.core.money import CURRENCIES, MAX_MINOR
from marketplace.core.transitions import move
from marketplace.core.upserts import insert_once
from marketplace.payments.amounts import amount_problem
from marketplace.payments.models import AccountKind, Charge, Hold
from marketplace.payments.models.asking import ASK_AGAIN
from marketplace.payments.policy import why_not_pay
from marketplace.payments.providers.protocol import ChargeOrder, Checkout
from marketplace.payments.services.booking import About, book
from marketplace.payments.setup import payments
from marketplace.payments.states import CHARGE_MOVES, OPEN_CHARGES, ChargeState

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.payments.services.booking import Legs

ABANDONED_AFTER = timedelta(hours=24)
"""How long a charge waits for a payer who never opens the provider's page."""


def start_charge(
    payer: User,
    payee: User | None,
    amount: int,
    currency: str,
    purpose: str,
    key: str,
    now: datetime,
    *,
    return_path: str = "/money",
    fee_bps: int | None = None,
) -> Charge:
    """Request `amount` minor units from `payer`, who pays at `checkout_url` and returns to `return_path`.

    `payee` None makes a pool, which is free of fees; `fee_bps` None takes the current fee. The same key returns the
    same charge. Raises Invalid for an invalid amount or currency, Conflict when the key was used for something else.
    """
    _check(payer, payee, amount, currency)
    agreed = payments().fee_bps if fee_bps is None else fee_bps
    provider = payments().provider.name
    values = {
        "token": secrets.token_urlsafe(24), "key": key, "payer_id": payer.id,
        "payee_id": payee.id if payee else None, "amount": amount, "currency": currency,
        "fee_bps": agreed if payee else 0,
        "purpose": purpose[:200], "return_path": return_path, "provider": provider, "state": ChargeState.PENDING,
        "created_at": now, "due_at": now + ABANDONED_AFTER,
    }  # fmt: skip
    insert_once(Charge, values, "key")
    charge = db.session.scalars(select(Charge).where(Charge.key == key)).one()
    asked = (payer.id, payee.id if payee else None, amount, currency)
    if (charge.payer_id, charge.payee_id, charge.amount, charge.currency) != asked:
        raise Conflict("This payment was started before with another amount or another person.")
    return charge


def _check(payer: User, payee: User | None, amount: int, currency: str) -> None:
    if not 0 < amount <= MAX_MINOR:
        raise Invalid("amount", "Enter an amount above zero.")
    if currency not in CURRENCIES:
        raise Invalid("currency", "Choose a currency that is in use.")
    if problem := amount_problem(amount, currency):
        raise Invalid("amount", problem)
    demand(why_not_pay(payer, payee))


def can_go_on(charge: Charge) -> bool:
    """Whether the payer can still pay: the charge is open and its provider is the current one."""
    return charge.state in OPEN_CHARGES and charge.provider == payments().provider.name


def begun_for(charge: Charge, kind: str) -> int | None:
    """Id of the charge's object, from its key `kind:id:number`; None for another kind.

    A later charge may have replaced this one, so callers must compare it with the object's current charge.
    """
    named, _, rest = charge.key.partition(":")
    number = rest.partition(":")[0]
    return int(number) if named == kind and number.isdecimal() else None


def order_of(charge: Charge) -> ChargeOrder:
    """The charge as an order for the provider."""
    return ChargeOrder(
        charge.token, charge.amount, charge.currency, charge.purpose, charge.payer.email, charge.provider_reference
    )


def checkout_begun(charge: Charge, checkout: Checkout, now: datetime) -> None:
    """Record the checkout and schedule polling for its outcome."""
    charge.provider_reference = checkout.reference
    charge.attempts, charge.due_at = 0, ASK_AGAIN.next_due(0, now)


def settle_charge(charge: Charge, outcome: str, now: datetime, payment_reference: str | None = None) -> Charge:
    """Apply the provider's report (a ChargeState); success is booked and creates the hold.

    Repeated or outdated reports change nothing. Sends `charge_settled` on success, `charge_failed` on failure or
    cancellation.
    """
    db.session.refresh(charge, with_for_update=True)
    if payment_reference:
        charge.payment_reference = payment_reference
    target = ChargeState(outcome)
    if charge.state == target or not CHARGE_MOVES.allows(charge.state, target, "provider"):
        return charge
    move(charge, target, "provider", CHARGE_MOVES, settled_at=None if target in OPEN_CHARGES else now)
    if target is ChargeState.SUCCEEDED:
        _hold(charge, now)
        charge_settled.send(charge)
    elif target not in OPEN_CHARGES:
        charge_failed.send(charge)
    return charge


def _hold(charge: Charge, now: datetime) -> None:
    hold = charge.hold = Hold(
        payer_id=charge.payer_id, payee_id=charge.payee_id, amount=charge.amount, currency=charge.currency,
        fee_bps=charge.fee_bps, created_at=now, shares={},
    )  # fmt: skip
    db.session.flush()
    legs: Legs = {(AccountKind.CLEARING, None): charge.amount, (AccountKind.HELD, charge.payer_id): -charge.amount}
    book(f"charge:{charge.id}", charge.currency, legs, About("charged", charge.purpose, now, hold.id))
