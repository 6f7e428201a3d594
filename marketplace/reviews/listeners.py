"""What this room does when a lower room reports: a completed contract is reviewed, an ended one moves the rank."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marketplace.bids.services import ask_after_record
from marketplace.contracts.models import Contract
from marketplace.core.events import contract_cancelled, contract_completed
from marketplace.reviews.services import open_round


def connect_listeners() -> None:
    """Connect once at the start; doing it again changes nothing."""
    contract_completed.connect(_on_completion)
    contract_cancelled.connect(_on_end)


def _on_completion(contract: Contract, **_: Any) -> None:
    open_round(contract, contract.ended_at or datetime.now(UTC))
    _on_end(contract)


def _on_end(contract: Contract, **_: Any) -> None:
    if contract.is_signed and contract.ended_at:
        ask_after_record([contract.freelancer_id], contract.ended_at)
