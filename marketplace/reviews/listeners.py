"""Event listeners of reviews: open a review round, and re-rank with the new track record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marketplace.bids.services.rescoring import ask_after_record
from marketplace.contracts.models import Contract
from marketplace.reviews.services.revealing import open_round


def on_completion(contract: Contract, **_: Any) -> None:
    """Open a review round for a completed contract."""
    open_round(contract, contract.ended_at or datetime.now(UTC))
    on_end(contract)


def on_end(contract: Contract, **_: Any) -> None:
    """Re-rank: an ended contract changes the freelancer's track record."""
    if contract.is_signed and contract.ended_at:
        ask_after_record([contract.freelancer_id], contract.ended_at)
