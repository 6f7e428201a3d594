"""Collect a dispute's evidence automatically from records made while the contract ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, lazyload

from marketplace.accounts.models import User
from marketplace.contracts.models import ContractEvent, ContractVersion, GoLiveCheck, HandoverItem
from marketplace.contracts.queries import handover_of, versions_of
from marketplace.core.database import db
from marketplace.disputes.models import Dispute
from marketplace.messages.models import Message
from marketplace.prototypes.models import PrototypeEvent, StoredCheck

T = TypeVar("T", ContractEvent, StoredCheck, PrototypeEvent, GoLiveCheck)
MOST = 500
"""Maximum number of newest messages, checks or timeline entries included."""


@dataclass(frozen=True, slots=True)
class DisputeEvidence:
    """All evidence, each list oldest first."""

    versions: Sequence[ContractVersion]
    timeline: Sequence[ContractEvent]
    messages: Sequence[Message]
    awarded: Sequence[StoredCheck]
    """Checks of the awarded revision of the prototype."""
    production: Sequence[StoredCheck]
    """Checks of the milestone's production site at any address."""
    events: Sequence[PrototypeEvent]
    """Events of both sites, such as changed content."""
    comparisons: Sequence[GoLiveCheck]
    handover: Sequence[HandoverItem]


def evidence_of(dispute: Dispute) -> DisputeEvidence:
    """Load the evidence with one query per part; never includes one-time secrets."""
    milestone = dispute.milestone
    contract = milestone.contract
    return DisputeEvidence(
        versions=list(reversed(versions_of(contract.id))),
        timeline=_newest(ContractEvent, ContractEvent.contract_id == contract.id),
        messages=_messages(contract.award.bid_id),
        awarded=_newest(
            StoredCheck,
            StoredCheck.prototype_id == contract.prototype_id,
            StoredCheck.revision == contract.prototype_revision,
        ),
        production=_newest(StoredCheck, StoredCheck.prototype_id == milestone.production_id),
        events=_newest(
            PrototypeEvent, PrototypeEvent.prototype_id.in_([contract.prototype_id, milestone.production_id])
        ),
        comparisons=_newest(GoLiveCheck, GoLiveCheck.milestone_id == milestone.id),
        handover=handover_of(contract.id),
    )


def _newest(model: type[T], *conditions: ColumnElement[bool]) -> Sequence[T]:
    rows = select(model).where(*conditions).order_by(model.id.desc()).limit(MOST)
    return list(reversed(db.session.scalars(rows).all()))


def _messages(bid_id: int) -> Sequence[Message]:
    sender = joinedload(Message.sender).options(lazyload(User.roles))
    rows = select(Message).where(Message.bid_id == bid_id).options(sender).order_by(Message.id.desc()).limit(MOST)
    return list(reversed(db.session.scalars(rows).all()))
