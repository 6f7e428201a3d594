"""Money: the ledger, what is held, what is sent, and the provider."""

from __future__ import annotations

from marketplace.core.rooms import Room
from marketplace.payments.amounts import amount_hint
from marketplace.payments.setup import form_targets, init_payments, is_real_money

ROOM = Room(
    views="marketplace.payments.views",
    commands=("marketplace.payments.command:ledger",),
    template_globals={"amount_hint": amount_hint, "real_money": is_real_money},
    form_targets=form_targets,
    start=init_payments,
)
