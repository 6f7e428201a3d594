"""Charges, invoices and movements for the people they concern."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.pages import KeysetPage, page_of
from marketplace.payments import policy
from marketplace.payments.models import Charge, Hold, Invoice, Movement, MovementKind
from marketplace.payments.states import MovementState


def charge_for(actor: User, token: str) -> Charge:
    """Load a charge by token; raises NotFound for everybody but its payer."""
    found = select(Charge).where(Charge.token == token).options(joinedload(Charge.payee), joinedload(Charge.hold))
    charge = db.session.scalar(found)
    if charge is None or not policy.may_see_charge(actor, charge):
        raise NotFound("There is no such payment.")
    return charge


def invoice_for(actor: User, invoice_id: int) -> Invoice:
    """Load an invoice; raises NotFound for everybody but its seller and buyer."""
    invoice = db.session.get(Invoice, invoice_id, options=[joinedload(Invoice.hold).joinedload(Hold.charge)])
    if invoice is None or not policy.may_see_invoice(actor, invoice):
        raise NotFound("There is no such invoice.")
    return invoice


def invoices_of(actor: User, after: str | None) -> KeysetPage[Invoice]:
    """One page of the person's sales and purchases, newest first."""
    mine = select(Invoice).where(or_(Invoice.seller_id == actor.id, Invoice.buyer_id == actor.id))
    return page_of(mine, [Invoice.id], after)


def whole_invoices_of(actor: User) -> Sequence[Invoice]:
    """All of the person's invoices, oldest first."""
    mine = select(Invoice).where(or_(Invoice.seller_id == actor.id, Invoice.buyer_id == actor.id))
    return db.session.scalars(mine.order_by(Invoice.id)).all()


def movements_of(actor: User, after: str | None) -> KeysetPage[Movement]:
    """Transfers, refunds and payouts to the person, newest first."""
    mine = select(Movement).where(Movement.user_id == actor.id)
    return page_of(mine.options(joinedload(Movement.hold).joinedload(Hold.charge)), [Movement.id], after)


def refused_movements() -> Sequence[Movement]:
    """Transfers and refunds that the provider refused, oldest first; failed payouts are rebooked automatically."""
    refused = select(Movement).where(Movement.state == MovementState.FAILED, Movement.kind != MovementKind.PAYOUT)
    return db.session.scalars(refused.order_by(Movement.id)).all()
