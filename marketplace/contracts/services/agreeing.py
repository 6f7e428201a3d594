"""Renegotiation: one side proposes, the other agrees or declines; every version is kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.contracts import policy
from marketplace.contracts.models import Contract, ContractEvent, ContractVersion, Milestone
from marketplace.contracts.queries import newest_number, open_proposal
from marketplace.contracts.services.ending import cancel_by_consent, complete_if_done
from marketplace.contracts.services.locking import lock_contract
from marketplace.contracts.services.planning import plan
from marketplace.contracts.services.timeline import note
from marketplace.contracts.states import (
    BOTH,
    CLIENT,
    FREELANCER,
    MILESTONE_MOVES,
    PROPOSAL_MOVES,
    ContractState,
    MilestoneState,
    ProposalKind,
    ProposalState,
)
from marketplace.contracts.terms import Terms, as_rows, from_rows, problems
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotNow, demand
from marketplace.core.events import terms_decided, terms_proposed
from marketplace.core.transitions import move
from marketplace.payments.amounts import amount_problem

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def propose_terms(actor: User, contract: Contract, terms: Terms, reason: str, now: datetime) -> ContractVersion:
    """Propose new terms for unfunded milestones; they take effect when the other side agrees.

    Raises Invalid for invalid terms, Conflict when another proposal is open.
    """
    lock_contract(contract)
    demand(policy.why_not_propose(actor, contract, open_proposal(contract.id)))
    funded = any(milestone.state != MilestoneState.PLANNED for milestone in contract.standing)
    for problem in problems(terms, now.date(), needs_steps=not funded):
        raise Invalid(problem.field, problem.message)
    for one in terms.steps:
        if problem := amount_problem(one.amount, contract.currency):
            raise Invalid("steps", problem)
    version = _propose(actor, contract, now, reason)
    version.milestones, version.go_live_hours = as_rows(terms.steps), terms.go_live_hours
    version.amendment = terms.amendment
    return _told(actor, contract, version, f"{actor.name} proposed other terms.", now)


def propose_end(actor: User, contract: Contract, held_to: str, reason: str, now: datetime) -> ContractVersion:
    """Propose to end a running contract; `held_to` receives the held money: CLIENT or FREELANCER."""
    lock_contract(contract)
    demand(policy.why_not_propose_end(actor, contract, open_proposal(contract.id)))
    if held_to not in (CLIENT, FREELANCER):
        raise Invalid("held_to", "Say who gets the money that is held.")
    if not reason.strip():
        raise Invalid("reason", "Tell the other side why, in a sentence.")
    version = _propose(actor, contract, now, reason)
    version.kind, version.held_to = ProposalKind.CANCELLATION, held_to
    return _told(actor, contract, version, f"{actor.name} proposed to end the contract.", now)


def agree(actor: User, contract: Contract, version: ContractVersion, now: datetime) -> None:
    """Agree to the proposal: its terms take effect, or the contract ends. Idempotent.

    Raises Conflict when it was decided otherwise, or when a milestone was paid since the proposal.
    """
    lock_contract(contract)
    if not _is_open(actor, contract, version, ProposalState.AGREED):
        return
    if _paid_since_proposed(contract):
        raise Conflict("A milestone was paid since this was proposed, so it no longer adds up. Propose it anew.")
    move(version, ProposalState.AGREED, "other", PROPOSAL_MOVES, decided_by=actor.id, decided_at=now)
    note(contract, "agreed", f"{actor.name} agreed to proposal {version.number}.", now, actor=actor)
    if version.kind == ProposalKind.CANCELLATION:
        cancel_by_consent(contract, version.held_to, version.reason, now)
    else:
        _put_in_force(contract, version)
        complete_if_done(contract, BOTH, now)
    plan(contract)
    terms_decided.send(version)


def decline(actor: User, contract: Contract, version: ContractVersion, now: datetime) -> None:
    """Decline the proposal; previous terms stay in effect. Idempotent."""
    lock_contract(contract)
    if _is_open(actor, contract, version, ProposalState.DECLINED):
        move(version, ProposalState.DECLINED, "other", PROPOSAL_MOVES, decided_by=actor.id, decided_at=now)
        note(contract, "declined", f"{actor.name} declined proposal {version.number}.", now, actor=actor)
        terms_decided.send(version)


def take_back(actor: User, contract: Contract, version: ContractVersion, now: datetime) -> None:
    """Withdraw one's own proposal before the other side decides. Idempotent."""
    lock_contract(contract)
    db.session.refresh(version)
    refusal = policy.why_not_take_back(actor, contract, version)
    if isinstance(refusal, NotNow) and version.state == ProposalState.TAKEN_BACK:
        return
    demand(refusal)
    move(version, ProposalState.TAKEN_BACK, "proposer", PROPOSAL_MOVES, decided_by=actor.id, decided_at=now)
    note(contract, "taken_back", f"{actor.name} took proposal {version.number} back.", now, actor=actor)


def _propose(actor: User, contract: Contract, now: datetime, reason: str) -> ContractVersion:
    version = ContractVersion(
        contract_id=contract.id,
        number=newest_number(contract.id) + 1,
        proposed_by=actor.id,
        proposed_at=now,
        reason=reason.strip(),
    )
    db.session.add(version)
    return version


def _told(actor: User, contract: Contract, version: ContractVersion, sentence: str, now: datetime) -> ContractVersion:
    db.session.flush()
    note(contract, "proposed", sentence, now, actor=actor, words=version.reason)
    terms_proposed.send(version)
    return version


def _is_open(actor: User, contract: Contract, version: ContractVersion, wanted: ProposalState) -> bool:
    """Whether the actor can decide on it now; False if it was already decided the same way."""
    db.session.refresh(version)
    refusal = policy.why_not_decide(actor, contract, version)
    if isinstance(refusal, NotNow) and version.state == wanted:
        return False
    demand(refusal)
    return True


def _paid_since_proposed(contract: Contract) -> bool:
    """Compare timeline order, which is written under the contract's lock: clock times may go backwards."""
    events = select(ContractEvent.kind).where(ContractEvent.contract_id == contract.id)
    newest = events.where(ContractEvent.kind.in_(("proposed", "funded"))).order_by(ContractEvent.id.desc()).limit(1)
    return db.session.scalar(newest) == "funded"


def _put_in_force(contract: Contract, version: ContractVersion) -> None:
    """Replace planned milestones; void signatures of an offer, as they applied to other terms."""
    for milestone in contract.standing:
        if milestone.state == MilestoneState.PLANNED:
            move(milestone, MilestoneState.DROPPED, BOTH, MILESTONE_MOVES)
    position = len(contract.milestones)
    for at, step in enumerate(from_rows(version.milestones), position + 1):
        added = Milestone(position=at, title=step.title, amount=step.amount, due_on=step.due_on)
        contract.milestones.append(added)
    contract.version, contract.amendment = version.number, version.amendment
    contract.go_live_hours = version.go_live_hours
    if contract.state == ContractState.OFFERED:
        contract.signed_client_at = contract.signed_freelancer_at = None
        contract.signed_client_name = contract.signed_freelancer_name = ""
    db.session.flush()
