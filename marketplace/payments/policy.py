"""Access to payments: everybody sees only their own, admins included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.policy import acts_for
from marketplace.core.errors import unless

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.payments.models import Charge, Invoice


def why_not_pay(payer: User, payee: User | None) -> str | None:
    """Everybody but the payee; `payee` None is a pool, whose payees are decided later."""
    return unless(payee is None or not acts_for(payer, payee.id), "Nobody can pay themselves.")


def may_see_charge(actor: User, charge: Charge) -> bool:
    """Only the payer sees and pays a charge."""
    return acts_for(actor, charge.payer_id)


def may_see_invoice(actor: User, invoice: Invoice) -> bool:
    """Only seller and buyer."""
    return acts_for(actor, invoice.seller_id, invoice.buyer_id)
