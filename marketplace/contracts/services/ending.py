"""End contracts: completed when the last milestone is settled, or cancelled by both sides."""

from __future__ import annotations

from datetime import datetime

from marketplace.contracts.models import Contract
from marketplace.contracts.queries import open_proposal
from marketplace.contracts.services.settling import give_back, pay_out
from marketplace.contracts.services.timeline import note
from marketplace.contracts.states import (
    BOTH,
    CONTRACT_MOVES,
    FINAL,
    FREELANCER,
    HELD,
    MILESTONE_MOVES,
    PAID,
    PROPOSAL_MOVES,
    RUNNING,
    ContractState,
    MilestoneState,
    ProposalState,
)
from marketplace.core.database import db
from marketplace.core.events import contract_cancelled, contract_completed
from marketplace.core.transitions import move
from marketplace.jobs.services.after_award import complete_job, end_awarded_job
from marketplace.prototypes.services import stop_watching

CANCELLED_BY_BOTH = "Client and freelancer ended the contract in agreement."
NOTHING_PAID = "The contract ended without a payment."


def complete_if_done(contract: Contract, by: str, now: datetime) -> None:
    """End the contract if all milestones are settled; call with it locked, after settling a milestone.

    Completes contract and job if anything was paid; otherwise cancels the contract.
    """
    states = {milestone.state for milestone in contract.standing}
    if contract.state not in RUNNING - {ContractState.OFFERED} or not states <= FINAL:
        return
    close_proposal(contract, now)
    if states & (PAID | {MilestoneState.SPLIT}):
        move(contract, ContractState.COMPLETED, by, CONTRACT_MOVES, ended_at=now)
        complete_job(contract.award.job, now)
        note(contract, "completed", "All milestones are settled: the contract is completed.", now)
        contract_completed.send(contract)
    else:
        _cancel(contract, by, NOTHING_PAID, now)


def cancel_by_consent(contract: Contract, held_to: str, reason: str, now: datetime) -> None:
    """End by consent: drop planned milestones and pay held money to `held_to` (CLIENT or FREELANCER).

    The contract counts as completed if anything was paid before or is paid now.
    """
    for milestone in contract.standing:
        if milestone.state in HELD and held_to == FREELANCER:
            pay_out(milestone, MilestoneState.RELEASED, BOTH, now)
        elif milestone.state in HELD:
            give_back(milestone, BOTH, now)
        elif milestone.state == MilestoneState.PLANNED:
            move(milestone, MilestoneState.DROPPED, BOTH, MILESTONE_MOVES)
    contract.end_reason = reason
    complete_if_done(contract, BOTH, now)


def close_proposal(contract: Contract, now: datetime) -> None:
    """Take back the open proposal of a contract that ends."""
    if proposal := open_proposal(contract.id):
        move(proposal, ProposalState.TAKEN_BACK, "contract", PROPOSAL_MOVES, decided_at=now)
        db.session.flush()


def _cancel(contract: Contract, by: str, job_reason: str, now: datetime) -> None:
    move(contract, ContractState.CANCELLED, by, CONTRACT_MOVES, ended_at=now)
    end_awarded_job(contract.award.job, CANCELLED_BY_BOTH if by == BOTH else job_reason, now)
    stop_watching([one.production_id for one in contract.standing if one.production_id])
    note(contract, "cancelled", "The contract is cancelled.", now, words=contract.end_reason)
    contract_cancelled.send(contract)
