"""What disputes do when a lower room reports: end, when the payer's bank took the money."""

from __future__ import annotations

from typing import Any

from flask import current_app

from marketplace.core.clock import Clock
from marketplace.core.events import hold_resolved
from marketplace.disputes.services import overtake
from marketplace.payments.models import Hold

BY_BANK = "chargeback:"
"""How payments name what a bank decided."""


def connect_listeners() -> None:
    """Connect once at the start; doing it again changes nothing."""
    hold_resolved.connect(_on_resolution)


def _on_resolution(hold: Hold, **_: Any) -> None:
    clock: Clock = current_app.extensions["clock"]
    if (hold.resolution_key or "").startswith(BY_BANK):
        overtake(hold, hold.resolved_at or clock.now())
