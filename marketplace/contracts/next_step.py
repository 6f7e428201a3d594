"""Whose turn it is in a contract, and for what: a pure rule shared by page, list and dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.contracts import policy
from marketplace.contracts.states import (
    CLIENT,
    FINAL,
    FREELANCER,
    HANDED_IN,
    HELD,
    WORKABLE,
    ContractState,
    MilestoneState,
    Pause,
)

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract, ContractVersion, Milestone


@dataclass(frozen=True, slots=True)
class NextStep:
    """Next action: by `side` (CLIENT, FREELANCER, or "" for nobody), worded for both sides."""

    side: str
    act: str = ""
    """Page of the action: sign | proposal | fund | submit | hand_over | review; empty for none."""
    to_do: str = ""
    """Text for the side whose turn it is."""
    waiting: str = ""
    """Text for the other side, following "Waiting for NAME"."""
    milestone: Milestone | None = None


_MEND = (
    "submit",
    "The production site of {} is not as it should be. Mend it, then hand it in again.",
    "to mend the production site of {}",
)
_PAUSED = {
    Pause.DOWN: _MEND,
    Pause.DIFFERS: _MEND,
    Pause.OWED: (
        "hand_over",
        "Hand over what is still missing for {}. Until then the client’s silence releases nothing.",
        "to hand over what is missing for {}. You may approve it, or ask for changes, meanwhile",
    ),
}
"""Pause -> (the freelancer's page, text for the freelancer, text for the client)."""


def next_step(contract: Contract, proposal: ContractVersion | None) -> NextStep | None:
    """The one action the contract waits for; None when it has ended."""
    if contract.state in (ContractState.COMPLETED, ContractState.CANCELLED):
        return None
    if proposal:
        decides = FREELANCER if proposal.proposed_by == contract.client_id else CLIENT
        return NextStep(decides, "proposal", "Decide on what the other side proposes.", "to decide on the proposal")
    if contract.state == ContractState.OFFERED:
        return _of_offer(contract)
    current = _current(contract)
    return _of_milestone(current) if current else None


def _of_offer(contract: Contract) -> NextStep:
    waits_for = CLIENT if policy.has_signed(FREELANCER, contract) else FREELANCER
    return NextStep(waits_for, "sign", "Read the contract, then sign it by typing your name.", "to sign the contract")


def _current(contract: Contract) -> Milestone | None:
    """Order: milestones awaiting review, then funded ones, then unpaid ones."""
    open_ones = [one for one in contract.standing if one.state not in FINAL]
    order = (HANDED_IN, HELD, frozenset({MilestoneState.PLANNED}))
    return next((one for states in order for one in open_ones if one.state in states), None)


def _of_milestone(milestone: Milestone) -> NextStep:
    title = f"“{milestone.title}”"
    state = milestone.state
    if state == MilestoneState.PLANNED:
        to_do = f"Pay for {title}. The money is held until you approve the work."
        return NextStep(CLIENT, "fund", to_do, f"to pay for {title}", milestone)
    if milestone.pause == Pause.BANK and state in WORKABLE:
        return NextStep("", waiting=f"for the client’s bank to decide on the payment for {title}", milestone=milestone)
    if milestone.pause == Pause.STUCK and state in HANDED_IN:
        return NextStep("", waiting=f"for the money for {title} to become free", milestone=milestone)
    if state == MilestoneState.FUNDED:
        to_do = f"The money for {title} is held. Do the work, then hand it in."
        return NextStep(FREELANCER, "submit", to_do, f"to hand in {title}", milestone)
    if state == MilestoneState.CHANGES_REQUESTED:
        to_do = f"Changes to {title} are asked for. Make them, then hand it in again."
        return NextStep(FREELANCER, "submit", to_do, f"to make the changes to {title}", milestone)
    if state in HANDED_IN and milestone.pause in _PAUSED:
        act, to_do, waiting = _PAUSED[Pause(milestone.pause)]
        return NextStep(FREELANCER, act, to_do.format(title), waiting.format(title), milestone)
    if state in HANDED_IN:
        to_do = f"Look at {title}, then approve it or ask for changes."
        return NextStep(CLIENT, "review", to_do, f"to look at {title}", milestone)
    return NextStep("", waiting="for the dispute to be settled", milestone=milestone)
