"""Row locks for decisions on disputes, and state changes with deadlines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from marketplace.contracts.services.locking import lock_contract
from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.core.transitions import move
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import DISPUTE_MOVES, DisputeState


def lock_dispute(dispute: Dispute) -> Dispute:
    """Lock and reload the contract, then the dispute, until the transaction ends.

    Lock order as in `lock_contract`, with the dispute after the contract and before the money.
    """
    lock_contract(dispute.milestone.contract)
    db.session.refresh(dispute, with_for_update={"key_share": True, "of": Dispute})
    db.session.expire(dispute, ["statements", "files", "proposals", "rulings"])
    return dispute


def step(
    dispute: Dispute, target: DisputeState, by: str, now: datetime, days: int | None = None, **values: Any
) -> None:
    """Move to `target`; with `days`, set its deadline that many days ahead. Raises like core.transitions.move."""
    deadline = None if days is None else now + timedelta(days=days)
    move(
        dispute, target, by, DISPUTE_MOVES, updated_at=now, deadline=deadline, due_at=deadline, leased_until=None,
        lease_token=None, **values,
    )  # fmt: skip
    if deadline:
        doorbell.ring(doorbell.DO_DISPUTES)
