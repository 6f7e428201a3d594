"""Rulings by an admin with written reasons; one appeal to another admin, whose ruling is final."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.accounts.policy import acts_for
from marketplace.contracts.services.timeline import note
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotNow, demand
from marketplace.core.events import dispute_changed, dispute_ruled
from marketplace.disputes import policy
from marketplace.disputes.models import Dispute, Ruling, Statement
from marketplace.disputes.services.locking import lock_dispute, step
from marketplace.disputes.services.settling import carry_out, demand_payable, end_proposals, money_words, outcome_of
from marketplace.disputes.states import ADMIN, CLOCK, SIDE, DisputeOutcome, DisputeState, SplitState

if TYPE_CHECKING:
    from marketplace.accounts.models import User

LEAST_REASONS = 20
"""Minimum length in characters, so that a ruling about money is explained in at least a sentence."""


def rule(
    admin: User,
    dispute: Dispute,
    outcome: DisputeOutcome,
    to_freelancer: int,
    reasons: str,
    seen_at: datetime,
    now: datetime,
) -> Ruling:
    """Rule on the money; a first ruling is carried out after the appeal period, one on appeal at once.

    `to_freelancer` (minor units) applies to splits only. `seen_at` is when the admin's page showed the dispute. Raises
    NotAllowed for a side or the admin of the first ruling, Conflict when something was added since `seen_at` or no
    ruling is due, Invalid without reasons or for an amount that is no split. Repeating the same ruling returns the
    first.
    """
    lock_dispute(dispute)
    if known := _same_ruling(admin, dispute, outcome, reasons):
        return known
    demand(policy.why_not_rule(admin, dispute))
    if dispute.updated_at > seen_at:
        raise Conflict("This dispute has changed since you opened it. Look at it again.")
    ruling = _ruling(admin, dispute, outcome, to_freelancer, reasons.strip(), now)
    before = {"state": dispute.state}
    dispute.rulings.append(ruling)
    if ruling.round == 1:
        step(dispute, DisputeState.RULED, ADMIN, now, dispute.appeal_days)
        _note(dispute, ruling, "An admin ruled", now)
    else:
        _note(dispute, ruling, "Another admin ruled on appeal", now)
        make_final(dispute, ADMIN, now)
    dispute_ruled.send(ruling, dispute=dispute, before=before)
    dispute_changed.send(dispute, what="ruled" if ruling.round == 1 else "final", by=None)
    return ruling


def appeal(actor: User, dispute: Dispute, words: str, now: datetime) -> None:
    """Appeal in time, which asks another admin to decide. Idempotent per person.

    Raises Invalid without words, Conflict when the appeal period is over or the ruling is final.
    """
    lock_dispute(dispute)
    refusal = policy.why_not_appeal(actor, dispute, now)
    appeals = (one.author_id for one in dispute.statements if one.kind == "appeal")
    if isinstance(refusal, NotNow) and acts_for(actor, *appeals):
        return
    demand(refusal)
    if not words.strip():
        raise Invalid("words", "Say what the ruling got wrong.")
    dispute.statements.append(Statement(author_id=actor.id, at=now, kind="appeal", words=words.strip()))
    step(dispute, DisputeState.APPEALED, SIDE, now)
    milestone = dispute.milestone
    note(milestone.contract, "appealed", f"{actor.name} appealed against the ruling on “{milestone.title}”.", now,
         actor=actor, milestone=milestone, words=words.strip())  # fmt: skip
    dispute_changed.send(dispute, what="appealed", by=actor)


def make_final(dispute: Dispute, by: str, now: datetime) -> None:
    """Carry out the newest ruling; call with the dispute locked. Raises Conflict like `carry_out`."""
    ruling = dispute.rulings[-1]
    step(dispute, DisputeState.FINAL, by, now, ended_at=now, to_freelancer=ruling.to_freelancer)
    end_proposals(dispute, SplitState.ENDED, "dispute", now)
    carry_out(dispute, now)
    if by == CLOCK:
        dispute_changed.send(dispute, what="final", by=None)


def _same_ruling(admin: User, dispute: Dispute, outcome: DisputeOutcome, reasons: str) -> Ruling | None:
    newest = dispute.rulings[-1] if dispute.rulings else None
    asked = (admin.id, outcome, reasons.strip())
    return newest if newest and (newest.admin_id, newest.outcome, newest.reasons) == asked else None


def _ruling(
    admin: User, dispute: Dispute, outcome: DisputeOutcome, to_freelancer: int, reasons: str, now: datetime
) -> Ruling:
    amount = dispute.milestone.amount
    theirs = {DisputeOutcome.RELEASE: amount, DisputeOutcome.REFUND: 0, DisputeOutcome.SPLIT: to_freelancer}[outcome]
    if outcome_of(theirs, amount) is not outcome or not 0 <= theirs <= amount:
        raise Invalid("to_freelancer", "Enter an amount between zero and what is held, so that each side gets a part.")
    demand_payable(theirs, dispute.milestone)
    if len(reasons) < LEAST_REASONS:
        raise Invalid("reasons", "Write the reasons in a sentence or more: both sides read them.")
    number = len(dispute.rulings) + 1
    return Ruling(round=number, admin_id=admin.id, at=now, outcome=outcome, to_freelancer=theirs, reasons=reasons)


def _note(dispute: Dispute, ruling: Ruling, who: str, now: datetime) -> None:
    milestone = dispute.milestone
    db.session.flush()
    sentence = f"{who}: {money_words(ruling.to_freelancer, milestone)}"
    note(milestone.contract, "ruled", sentence, now, milestone=milestone, words=ruling.reasons)
