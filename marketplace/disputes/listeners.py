"""Event listeners of disputes: end a dispute when the payer's bank took the money back."""

from __future__ import annotations

from typing import Any

from flask import current_app

from marketplace.contracts.models import Milestone
from marketplace.core.clock import Clock
from marketplace.disputes.services.settling import overtake


def on_refund(milestone: Milestone, **_: Any) -> None:
    """Handle a refund by the bank, with the contract locked; outcomes of disputes themselves do not send this event."""
    clock: Clock = current_app.extensions["clock"]
    overtake(milestone, milestone.decided_at or clock.now())
