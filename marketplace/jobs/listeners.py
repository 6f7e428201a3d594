"""What jobs do when a lower room reports: a paid participation pool is held for its job."""

from __future__ import annotations

from typing import Any

from flask import current_app

from marketplace.core.clock import Clock
from marketplace.core.events import charge_settled
from marketplace.jobs.services.pools import take_pool_payment
from marketplace.payments.models import Charge


def connect_listeners() -> None:
    """Connect once at the start; doing it again changes nothing."""
    charge_settled.connect(_on_payment)


def _on_payment(charge: Charge, **_: Any) -> None:
    clock: Clock = current_app.extensions["clock"]
    take_pool_payment(charge, charge.settled_at or clock.now())
