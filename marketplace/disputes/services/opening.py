"""Open a dispute, which freezes its milestone's money, and withdraw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from marketplace.accounts.policy import acts_for
from marketplace.contracts import policy as contracts
from marketplace.contracts.models import Milestone
from marketplace.contracts.services.locking import lock_contract
from marketplace.contracts.services.planning import plan
from marketplace.contracts.services.timeline import note
from marketplace.contracts.states import CONTRACT_MOVES, MILESTONE_MOVES, ContractState, MilestoneState
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotNow, demand
from marketplace.core.events import dispute_changed
from marketplace.core.transitions import move
from marketplace.disputes import policy
from marketplace.disputes.models import Dispute, Statement
from marketplace.disputes.queries import running_dispute
from marketplace.disputes.services.locking import lock_dispute, step
from marketplace.disputes.services.settling import end_proposals, thaw
from marketplace.disputes.states import OPENER, DisputeState, SplitState
from marketplace.payments.services.settlement import freeze

if TYPE_CHECKING:
    from marketplace.accounts.models import User


@dataclass(frozen=True, slots=True)
class DisputeDays:
    """Days to answer and to appeal, from the operator's settings."""

    response: int = 7
    appeal: int = 7


def open_dispute(actor: User, milestone: Milestone, words: str, days: DisputeDays, now: datetime) -> Dispute:
    """Freeze the milestone's money and ask the other side to answer; the opener's repeat returns the same dispute.

    Raises Invalid without words, NotAllowed for anybody but the two sides, Conflict when no money is held or the other
    side has opened one.
    """
    contract = lock_contract(milestone.contract)
    refusal, side = policy.why_not_open(actor, milestone), contracts.side_of(actor, contract) or ""
    if isinstance(refusal, NotNow) and (known := running_dispute(milestone.id)):
        if acts_for(actor, known.opened_by):
            return known
        raise Conflict("There is a dispute about this milestone already. Answer there.")
    demand(refusal)
    if milestone.hold is None:
        raise Conflict("No money is held for this milestone.")
    if not words.strip():
        raise Invalid("words", "Say what is wrong and what should become of the money.")
    dispute = _start(actor, milestone, words.strip(), days, now)
    move(milestone, MilestoneState.DISPUTED, side, MILESTONE_MOVES, auto_release_at=None)
    if contract.state == ContractState.ACTIVE:
        move(contract, ContractState.DISPUTED, side, CONTRACT_MOVES)
    freeze(milestone.hold, now)
    sentence = f"{actor.name} opened a dispute about “{milestone.title}”: its money is frozen."
    note(contract, "disputed", sentence, now, actor=actor, milestone=milestone, words=words.strip())
    plan(contract)
    dispute_changed.send(dispute, what="opened", by=actor)
    return dispute


def withdraw_dispute(actor: User, dispute: Dispute, now: datetime) -> None:
    """Withdraw by the opener: restore the milestone's state and restart its auto-release time.

    Idempotent. Raises NotAllowed for anybody else, Conflict once an admin has ruled.
    """
    lock_dispute(dispute)
    refusal = policy.why_not_withdraw(actor, dispute)
    if isinstance(refusal, NotNow) and dispute.state == DisputeState.WITHDRAWN:
        return
    demand(refusal)
    step(dispute, DisputeState.WITHDRAWN, OPENER, now, ended_at=now)
    end_proposals(dispute, SplitState.ENDED, "dispute", now)
    thaw(dispute, contracts.side_of(actor, dispute.milestone.contract) or "", now)
    contract = dispute.milestone.contract
    sentence = f"{actor.name} withdrew the dispute about “{dispute.milestone.title}”."
    note(contract, "withdrawn", sentence, now, actor=actor, milestone=dispute.milestone)
    plan(contract)
    dispute_changed.send(dispute, what="withdrawn", by=actor)


def _start(actor: User, milestone: Milestone, words: str, days: DisputeDays, now: datetime) -> Dispute:
    deadline = now + timedelta(days=days.response)
    dispute = Dispute(
        milestone_id=milestone.id,
        opened_by=actor.id,
        state=DisputeState.OPEN,
        state_before=milestone.state,
        response_days=days.response,
        appeal_days=days.appeal,
        opened_at=now,
        updated_at=now,
        deadline=deadline,
        due_at=deadline,
        statements=[Statement(author_id=actor.id, at=now, kind="opening", words=words)],
    )
    db.session.add(dispute)
    db.session.flush()
    return dispute
