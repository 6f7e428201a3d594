"""What disputes do when a lower room reports: end, when the payer's bank took the money back."""

from __future__ import annotations

from typing import Any

from flask import current_app

from marketplace.contracts.models import Milestone
from marketplace.core.clock import Clock
from marketplace.disputes.services.settling import overtake


def on_refund(milestone: Milestone, **_: Any) -> None:
    """Sent with the contract held; a dispute's own outcomes don't send it: only the bank refunds what is disputed."""
    clock: Clock = current_app.extensions["clock"]
    overtake(milestone, milestone.decided_at or clock.now())
