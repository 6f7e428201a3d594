"""Whose money is whose business: everybody sees their own, nobody else's, admins included."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.payments.models import Charge, Invoice


def may_pay(actor: User, charge: Charge) -> bool:
    """Only the payer sees and pays a charge."""
    return actor.id == charge.payer_id


def may_see_invoice(actor: User, invoice: Invoice) -> bool:
    """Who sold and who bought."""
    return actor.id in (invoice.seller_id, invoice.buyer_id)
