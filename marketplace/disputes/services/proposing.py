"""A split that one side proposes; the other side's yes settles the dispute at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.events import dispute_changed
from marketplace.disputes import policy
from marketplace.disputes.models import Dispute, Proposal
from marketplace.disputes.services.holding import hold, step
from marketplace.disputes.services.settling import carry_out, demand_payable, end_proposals
from marketplace.disputes.states import BOTH, DisputeState, SplitState

if TYPE_CHECKING:
    from marketplace.accounts.models import User

ANSWERED_ALREADY = "This proposal does not stand any more. The dispute’s page shows where it is."


def propose_split(actor: User, dispute: Dispute, to_freelancer: int, words: str, now: datetime) -> Proposal:
    """Propose that the freelancer gets so many minor units; it takes the place of whatever proposal stood.

    Raises Invalid for an amount that is not held, Conflict once the dispute is over.
    """
    _demand_side(actor, hold(dispute))
    if not policy.may_propose(actor, dispute):
        raise Conflict("This dispute is over.")
    if not 0 <= to_freelancer <= dispute.milestone.amount:
        raise Invalid("to_freelancer", "Enter an amount from zero to what is held.")
    demand_payable(to_freelancer, dispute.milestone)
    end_proposals(dispute, SplitState.REPLACED, now)
    proposal = Proposal(proposed_by=actor.id, at=now, to_freelancer=to_freelancer, words=words.strip())
    dispute.proposals.append(proposal)
    db.session.flush()
    dispute_changed.send(dispute, what="proposed", by=actor)
    return proposal


def accept_split(actor: User, dispute: Dispute, proposal_id: int, now: datetime) -> None:
    """The other side agrees: the money is split at once, and the dispute is over. Accepted twice, nothing happens.

    Raises Conflict when that proposal does not stand any more.
    """
    proposal = _proposal(actor, hold(dispute), proposal_id)
    if proposal.state == SplitState.ACCEPTED and proposal.proposed_by != actor.id:
        return
    _demand_decision(actor, dispute, proposal)
    proposal.state, proposal.decided_at = SplitState.ACCEPTED, now
    step(dispute, DisputeState.SETTLED, BOTH, now, ended_at=now, to_freelancer=proposal.to_freelancer)
    carry_out(dispute, now)
    dispute_changed.send(dispute, what="settled", by=actor)


def decline_split(actor: User, dispute: Dispute, proposal_id: int, now: datetime) -> None:
    """The other side says no; declined twice, nothing happens."""
    proposal = _proposal(actor, hold(dispute), proposal_id)
    if proposal.state == SplitState.DECLINED and proposal.proposed_by != actor.id:
        return
    _demand_decision(actor, dispute, proposal)
    proposal.state, proposal.decided_at = SplitState.DECLINED, now
    db.session.flush()
    dispute_changed.send(dispute, what="declined", by=actor)


def take_back_split(actor: User, dispute: Dispute, proposal_id: int, now: datetime) -> None:
    """Who proposed it changes their mind; taken back twice, nothing happens."""
    proposal = _proposal(actor, hold(dispute), proposal_id)
    if proposal.proposed_by != actor.id:
        raise NotAllowed("Only who proposed it takes it back.")
    if proposal.state == SplitState.TAKEN_BACK:
        return
    if proposal.state != SplitState.PROPOSED:
        raise Conflict(ANSWERED_ALREADY)
    proposal.state, proposal.decided_at = SplitState.TAKEN_BACK, now
    db.session.flush()


def _proposal(actor: User, dispute: Dispute, proposal_id: int) -> Proposal:
    _demand_side(actor, dispute)
    for one in dispute.proposals:
        if one.id == proposal_id:
            return one
    raise Conflict(ANSWERED_ALREADY)


def _demand_decision(actor: User, dispute: Dispute, proposal: Proposal) -> None:
    if proposal.proposed_by == actor.id:
        raise NotAllowed("The other side decides on your proposal.")
    if not policy.may_decide(actor, dispute, proposal):
        raise Conflict(ANSWERED_ALREADY)


def _demand_side(actor: User, dispute: Dispute) -> None:
    if policy.part_in(actor, dispute) is None:
        raise NotAllowed("Only the two sides agree on a split.")
