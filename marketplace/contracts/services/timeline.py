"""Write a contract's timeline: one sentence per event, visible to both sides."""

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
    """Add an entry and move the contract to the top of lists; `words` is text entered by a person."""
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
