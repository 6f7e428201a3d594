"""Writes a contract's timeline: what happened, in a sentence that both sides read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.contracts.models import Contract, ContractEvent, Milestone
from marketplace.core.database import db

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def note(
    contract: Contract,
    kind: str,
    sentence: str,
    now: datetime,
    *,
    actor: User | None = None,
    milestone: Milestone | None = None,
    words: str = "",
) -> None:
    """Add a line; `words` are what a person wrote with it. It also brings the contract to the top of the lists."""
    contract.updated_at = now
    db.session.add(
        ContractEvent(
            contract_id=contract.id,
            milestone_id=milestone.id if milestone else None,
            at=now,
            actor_id=actor.id if actor else None,
            kind=kind,
            sentence=sentence[:500],
            words=words,
        )
    )
    db.session.flush()
