"""Move a milestone's money and state in one transaction: fund, release, refund."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.contracts import policy
from marketplace.contracts.models import Milestone
from marketplace.contracts.queries import open_proposal
from marketplace.contracts.services.locking import lock_contract
from marketplace.contracts.services.planning import plan
from marketplace.contracts.services.timeline import note
from marketplace.contracts.states import MILESTONE_MOVES, PAYMENT, STOPPED, ContractState, MilestoneState
from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotNow, demand
from marketplace.core.events import milestone_funded, milestone_refunded, milestone_released
from marketplace.core.money import display
from marketplace.core.transitions import move
from marketplace.payments.amounts import amount_problem
from marketplace.payments.models import Charge, Hold
from marketplace.payments.services.charging import begun_for, can_go_on, start_charge
from marketplace.payments.services.settlement import refund, release
from marketplace.payments.states import ChargeState

if TYPE_CHECKING:
    from marketplace.accounts.models import User

TAKES_MONEY = frozenset({ContractState.ACTIVE, ContractState.DISPUTED})


def fund(actor: User, milestone: Milestone, now: datetime) -> Charge:
    """Start payment of the milestone; returns the open charge if there is one.

    Raises NotAllowed for anybody but the client, Conflict when the milestone can't be paid now.
    """
    contract = lock_contract(milestone.contract)
    refusal = policy.why_not_fund(actor, milestone)
    begun = db.session.get(Charge, milestone.charge_id, populate_existing=True) if milestone.charge_id else None
    if begun and begun.state == ChargeState.SUCCEEDED and isinstance(refusal, NotNow):
        return begun
    demand(refusal)
    if begun and can_go_on(begun):
        return begun
    if open_proposal(contract.id):
        raise Conflict("A proposal is open. Decide on it, or take it back, before you pay.")
    if problem := amount_problem(milestone.amount, contract.currency):
        raise Conflict(f"This amount can’t be paid. {problem} Propose terms with such an amount.")
    milestone.payments_begun += 1
    charge = start_charge(
        contract.client,
        contract.freelancer,
        milestone.amount,
        contract.currency,
        f"{contract.title}: {milestone.title}",
        f"milestone:{milestone.id}:{milestone.payments_begun}",
        now,
        return_path=f"/contracts/{contract.id}",
        fee_bps=contract.fee_bps,
    )
    milestone.charge_id = charge.id
    db.session.flush()
    return charge


def take_payment(charge: Charge, now: datetime) -> None:
    """Fund the milestone of a paid charge.

    Refunds at once a payment for a milestone that can't be funded any more, or by a charge that another has replaced.
    """
    milestone_id = begun_for(charge, "milestone")
    milestone = db.session.get(Milestone, milestone_id) if milestone_id else None
    if milestone is None or charge.hold is None:
        return
    contract = lock_contract(milestone.contract)
    amount, is_replaced = display(charge.amount, charge.currency), milestone.charge_id != charge.id
    if contract.state not in TAKES_MONEY or milestone.state != MilestoneState.PLANNED or is_replaced:
        refund(charge.hold, now, f"late:{charge.id}")
        when = "by a payment that another has replaced" if is_replaced else "when it took no money any more"
        sentence = f"{amount} arrived for “{milestone.title}” {when}. They go back to the client."
        note(contract, "came_late", sentence, now, milestone=milestone)
        return
    move(milestone, MilestoneState.FUNDED, PAYMENT, MILESTONE_MOVES, hold_id=charge.hold.id, funded_at=now)
    note(contract, "funded", f"{amount} for “{milestone.title}” are held: work can begin.", now, milestone=milestone)
    plan(contract)
    milestone_funded.send(milestone)


def pay_out(milestone: Milestone, state: MilestoneState, by: str, now: datetime, actor: User | None = None) -> None:
    """Release the held money to the freelancer; call with the contract locked. `state`: RELEASED or AUTO_RELEASED.

    Raises Conflict when the money is frozen or was settled otherwise.
    """
    contract = milestone.contract
    move(milestone, state, by, MILESTONE_MOVES, decided_at=now, **STOPPED)
    release(_held(milestone), now, f"milestone:{milestone.id}:release")
    note(contract, "released", _paid_words(milestone, state, actor), now, actor=actor, milestone=milestone)
    milestone_released.send(milestone)


def give_back(milestone: Milestone, by: str, now: datetime) -> None:
    """Refund the held money to the client; call with the contract locked. Raises Conflict like pay_out."""
    move(milestone, MilestoneState.REFUNDED, by, MILESTONE_MOVES, decided_at=now, **STOPPED)
    refund(_held(milestone), now, f"milestone:{milestone.id}:refund")
    amount = display(milestone.amount, milestone.contract.currency)
    sentence = f"{amount} for “{milestone.title}” go back to the client."
    note(milestone.contract, "refunded", sentence, now, milestone=milestone)
    milestone_refunded.send(milestone)


def _held(milestone: Milestone) -> Hold:
    if milestone.hold is None:
        raise Conflict("No money is held for this milestone.")
    return milestone.hold


def _paid_words(milestone: Milestone, state: MilestoneState, actor: User | None) -> str:
    amount = display(milestone.amount, milestone.contract.currency)
    if state is MilestoneState.AUTO_RELEASED:
        return f"The client kept silent, so {amount} for “{milestone.title}” were released to the freelancer."
    who = f"{actor.name} approved" if actor else "Both agreed on"
    return f"{who} “{milestone.title}”: {amount} are released to the freelancer."
