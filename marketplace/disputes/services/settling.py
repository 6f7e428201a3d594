"""Move a dispute's money exactly once, or unfreeze it, or record that the bank took it."""

from __future__ import annotations

from datetime import datetime

from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.services.ending import complete_if_done
from marketplace.contracts.services.planning import plan
from marketplace.contracts.services.silence import follow_clock
from marketplace.contracts.services.timeline import note
from marketplace.contracts.states import CONTRACT_MOVES, MILESTONE_MOVES, RULING, STOPPED, ContractState, MilestoneState
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.events import dispute_changed
from marketplace.core.money import display, step_problem
from marketplace.core.transitions import move
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import running_dispute
from marketplace.disputes.services.locking import step
from marketplace.disputes.states import BANK, SPLIT_MOVES, DisputeOutcome, DisputeState, SplitState
from marketplace.payments.amounts import step_within
from marketplace.payments.models import Hold
from marketplace.payments.services.settlement import refund, release, split, unfreeze


def outcome_of(to_freelancer: int, amount: int) -> DisputeOutcome:
    """Outcome that corresponds to giving the freelancer this part of `amount` (minor units)."""
    if to_freelancer == amount:
        return DisputeOutcome.RELEASE
    return DisputeOutcome.SPLIT if to_freelancer else DisputeOutcome.REFUND


def demand_payable(to_freelancer: int, milestone: Milestone) -> None:
    """Raise Invalid if the payment provider can't send this part (minor units) of the milestone's money."""
    held = milestone.hold
    if held and (problem := step_problem(to_freelancer, held.currency, step_within(held))):
        raise Invalid("to_freelancer", problem)


def carry_out(dispute: Dispute, now: datetime) -> None:
    """Pay `dispute.to_freelancer` to the freelancer and refund the rest; call with the decided dispute locked.

    Raises Conflict while the payer's bank disputes the payment.
    """
    milestone, to_freelancer = dispute.milestone, dispute.to_freelancer or 0
    money, key = _money(milestone), f"dispute:{dispute.id}"
    unfreeze(money, now)
    outcome = outcome_of(to_freelancer, money.amount)
    if outcome is DisputeOutcome.RELEASE:
        release(money, now, key)
    elif outcome is DisputeOutcome.REFUND:
        refund(money, now, key)
    else:
        split(money, to_freelancer, now, key)
    states = {
        DisputeOutcome.RELEASE: MilestoneState.RELEASED,
        DisputeOutcome.REFUND: MilestoneState.REFUNDED,
        DisputeOutcome.SPLIT: MilestoneState.SPLIT,
    }
    move(milestone, states[outcome], RULING, MILESTONE_MOVES, decided_at=now, **STOPPED)
    note(milestone.contract, "settled", money_words(to_freelancer, milestone), now, milestone=milestone)
    _go_on(milestone.contract, RULING, now)


def thaw(dispute: Dispute, side: str, now: datetime) -> None:
    """Unfreeze the money and restore the milestone's state; call with the dispute locked."""
    milestone = dispute.milestone
    unfreeze(_money(milestone), now)
    move(milestone, MilestoneState(dispute.state_before), side, MILESTONE_MOVES)
    follow_clock(milestone, now)
    _go_on(milestone.contract, side, now)


def overtake(milestone: Milestone, now: datetime) -> None:
    """End the dispute because the payer's bank took the money back; call with the contract locked."""
    dispute = running_dispute(milestone.id)
    if dispute is None:
        return
    step(dispute, DisputeState.OVERTAKEN, BANK, now, ended_at=now, to_freelancer=0)
    end_proposals(dispute, SplitState.ENDED, "dispute", now)
    _end_dispute(milestone.contract, RULING)
    dispute_changed.send(dispute, what="overtaken", by=None)


def end_proposals(dispute: Dispute, state: SplitState, by: str, now: datetime) -> None:
    """Close all open proposals."""
    for one in dispute.proposals:
        if one.state == SplitState.PROPOSED:
            move(one, state, by, SPLIT_MOVES, decided_at=now)


def money_words(to_freelancer: int, milestone: Milestone) -> str:
    """Sentence on who gets how much of a milestone's money."""
    currency, title = milestone.contract.currency, f"“{milestone.title}”"
    theirs, back = display(to_freelancer, currency), display(milestone.amount - to_freelancer, currency)
    return {
        DisputeOutcome.RELEASE: f"{theirs} for {title} go to the freelancer.",
        DisputeOutcome.REFUND: f"{back} for {title} go back to the client.",
        DisputeOutcome.SPLIT: f"Of {title}, {theirs} go to the freelancer and {back} back to the client.",
    }[outcome_of(to_freelancer, milestone.amount)]


def _go_on(contract: Contract, by: str, now: datetime) -> None:
    """End the contract's dispute, complete it if all is settled, and replan deadlines."""
    _end_dispute(contract, by)
    complete_if_done(contract, by, now)
    plan(contract)


def _end_dispute(contract: Contract, by: str) -> None:
    """Reactivate the contract when none of its milestones is disputed."""
    if contract.state == ContractState.DISPUTED and not _has_disputed(contract):
        move(contract, ContractState.ACTIVE, by, CONTRACT_MOVES)


def _has_disputed(contract: Contract) -> bool:
    return any(one.state == MilestoneState.DISPUTED for one in contract.standing)


def _money(milestone: Milestone) -> Hold:
    if milestone.hold is None:
        raise Conflict("No money is held for this milestone.")
    db.session.refresh(milestone.hold, with_for_update=True)
    return milestone.hold
