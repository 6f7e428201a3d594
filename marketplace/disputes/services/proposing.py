"""Splits proposed by one side; acceptance by the other settles the dispute at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotNow, demand
from marketplace.core.events import dispute_changed
from marketplace.core.transitions import move
from marketplace.disputes import policy
from marketplace.disputes.models import Dispute, Proposal
from marketplace.disputes.services.locking import lock_dispute, step
from marketplace.disputes.services.settling import carry_out, demand_payable, end_proposals
from marketplace.disputes.states import BOTH, SPLIT_MOVES, DisputeState, SplitState

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def propose_split(actor: User, dispute: Dispute, to_freelancer: int, words: str, now: datetime) -> Proposal:
    """Propose `to_freelancer` minor units for the freelancer, replacing any open proposal.

    Raises Invalid for an amount beyond what is held or not payable, Conflict once the dispute is over.
    """
    demand(policy.why_not_propose(actor, lock_dispute(dispute)))
    if not 0 <= to_freelancer <= dispute.milestone.amount:
        raise Invalid("to_freelancer", "Enter an amount from zero to what is held.")
    demand_payable(to_freelancer, dispute.milestone)
    end_proposals(dispute, SplitState.REPLACED, "proposer", now)
    proposal = Proposal(proposed_by=actor.id, at=now, to_freelancer=to_freelancer, words=words.strip())
    dispute.proposals.append(proposal)
    db.session.flush()
    dispute_changed.send(dispute, what="proposed", by=actor)
    return proposal


def accept_split(actor: User, dispute: Dispute, proposal_id: int, now: datetime) -> None:
    """Accept the split: pay it out at once and end the dispute. Idempotent.

    Raises Conflict when the proposal is no longer open.
    """
    proposal = _proposal(actor, lock_dispute(dispute), proposal_id)
    refusal = policy.why_not_decide(actor, dispute, proposal)
    if isinstance(refusal, NotNow) and proposal.state == SplitState.ACCEPTED:
        return
    demand(refusal)
    move(proposal, SplitState.ACCEPTED, "other", SPLIT_MOVES, decided_at=now)
    step(dispute, DisputeState.SETTLED, BOTH, now, ended_at=now, to_freelancer=proposal.to_freelancer)
    carry_out(dispute, now)
    dispute_changed.send(dispute, what="settled", by=actor)


def decline_split(actor: User, dispute: Dispute, proposal_id: int, now: datetime) -> None:
    """Decline the split. Idempotent."""
    proposal = _proposal(actor, lock_dispute(dispute), proposal_id)
    refusal = policy.why_not_decide(actor, dispute, proposal)
    if isinstance(refusal, NotNow) and proposal.state == SplitState.DECLINED:
        return
    demand(refusal)
    move(proposal, SplitState.DECLINED, "other", SPLIT_MOVES, decided_at=now)
    dispute_changed.send(dispute, what="declined", by=actor)


def take_back_split(actor: User, dispute: Dispute, proposal_id: int, now: datetime) -> None:
    """Withdraw one's own proposal. Idempotent."""
    proposal = _proposal(actor, lock_dispute(dispute), proposal_id)
    refusal = policy.why_not_take_back(actor, proposal)
    if isinstance(refusal, NotNow) and proposal.state == SplitState.TAKEN_BACK:
        return
    demand(refusal)
    move(proposal, SplitState.TAKEN_BACK, "proposer", SPLIT_MOVES, decided_at=now)


def _proposal(actor: User, dispute: Dispute, proposal_id: int) -> Proposal:
    demand(policy.why_not_act(actor, dispute))
    for one in dispute.proposals:
        if one.id == proposal_id:
            return one
    raise Conflict(policy.ANSWERED_ALREADY)
