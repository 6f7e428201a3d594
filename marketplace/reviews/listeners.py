"""What this room does when a lower room reports: a completed contract is reviewed, an ended one moves the rank."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marketplace.bids.services.rescoring import ask_after_record
from marketplace.contracts.models import Contract
from marketplace.reviews.services.revealing import open_round


def on_completion(contract: Contract, **_: Any) -> None:
    """Both sides may review a completed contract."""
    open_round(contract, contract.ended_at or datetime.now(UTC))
    on_end(contract)


def on_end(contract: Contract, **_: Any) -> None:
    """An ended contract counts in the freelancer's record, so in the rank."""
    if contract.is_signed and contract.ended_at:
        ask_after_record([contract.freelancer_id], contract.ended_at)
