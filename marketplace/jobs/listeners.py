"""Reactions of jobs to lower rooms' events: a paid participation pool is held for its job."""

from __future__ import annotations

from typing import Any

from flask import current_app

from marketplace.core.clock import Clock
from marketplace.jobs.services.pools import take_pool_payment
from marketplace.payments.models import Charge


def on_payment(charge: Charge, **_: Any) -> None:
    """A paid charge for a participation pool funds it."""
    clock: Clock = current_app.extensions["clock"]
    take_pool_payment(charge, charge.settled_at or clock.now())
