"""Payments room: ledger, holds, movements and the provider."""

from __future__ import annotations

from marketplace.core import doorbell
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Clock, Sweep
from marketplace.payments.amounts import amount_hint
from marketplace.payments.sandbox.courier import deliver_due
from marketplace.payments.services.provider_sync import ask_due
from marketplace.payments.setup import form_targets, init_payments, is_real_money


def _move_money(clock: Clock, seconds: float) -> int:
    """Deliver the sandbox's webhooks, then poll the provider and send movements."""
    return deliver_due(clock, seconds) + ask_due(clock, seconds)


ROOM = Room(
    views="marketplace.payments.views",
    commands=("marketplace.payments.command:ledger",),
    template_globals={"amount_hint": amount_hint, "real_money": is_real_money},
    form_targets=form_targets,
    start=init_payments,
    sweeps=(Sweep(doorbell.MOVE_MONEY, _move_money, every=5, queue="money"),),
)
