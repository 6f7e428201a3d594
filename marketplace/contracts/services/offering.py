"""From award to signed contract: make the offer, sign it, or let it fall through."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from marketplace.bids.models import Bid
from marketplace.bids.services import after_award as bids
from marketplace.contracts import policy
from marketplace.contracts.models import Award, Contract, ContractVersion, HandoverItem, Milestone
from marketplace.contracts.queries import open_proposal
from marketplace.contracts.services.ending import close_proposal
from marketplace.contracts.services.locking import lock_contract
from marketplace.contracts.services.planning import plan
from marketplace.contracts.services.timeline import note
from marketplace.contracts.states import BOTH, CLIENT, CLOCK, CONTRACT_MOVES, FREELANCER, ContractState, ProposalState
from marketplace.contracts.terms import Days, PlannedMilestone, as_rows
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, demand
from marketplace.core.events import (
    award_withdrawn,
    contract_began,
    contract_cancelled,
    contract_offered,
    contract_signed,
)
from marketplace.core.text import one_line
from marketplace.core.transitions import move
from marketplace.jobs.services.after_award import decide_again
from marketplace.payments.setup import payments

if TYPE_CHECKING:
    from marketplace.accounts.models import User

HANDED_OVER = ("source", "credentials", "licence")
_BID_PART = {FREELANCER: bids.BIDDER, CLIENT: bids.CLIENT, CLOCK: bids.CLOCK}


class TermsChanged(Conflict):
    """The terms changed since the person looked at them."""


def make_offer(award: Award, days: Days, now: datetime) -> Contract:
    """Create the offer: freeze the current scope, with one milestone of the whole price."""
    job, bid = award.job, award.bid
    contract = Contract(
        award_id=award.id,
        award=award,
        client_id=job.client_id,
        freelancer_id=bid.freelancer_id,
        title=job.title,
        scope=_scope(bid),
        go_live_hours=bid.go_live_hours,
        currency=award.currency,
        prototype_id=bid.prototype_id,
        prototype_revision=bid.prototype.revision if bid.prototype else None,
        offer_days=days.offer,
        auto_release_days=days.auto_release,
        warranty_days=days.warranty,
        fee_bps=payments().fee_bps,
        offered_at=now,
        updated_at=now,
    )
    step = PlannedMilestone("The whole work", award.price)
    contract.milestones = [Milestone(position=1, title=step.title, amount=step.amount)]
    db.session.add(contract)
    db.session.flush()
    db.session.add(_first_version(contract, award, step, now))
    db.session.add_all(
        HandoverItem(contract_id=contract.id, position=position, kind=kind)
        for position, kind in enumerate(HANDED_OVER, 1)
    )
    note(contract, "offered", f"{job.client.name} chose the bid; its contract waits for both signatures.", now)
    plan(contract)
    contract_offered.send(contract)
    return contract


def sign(actor: User, contract: Contract, name: str, seen_version: int, now: datetime) -> None:
    """Sign the terms the actor saw by typing their name; the second signature activates the contract.

    Idempotent. Raises Invalid when the name is not the account's, TermsChanged when other terms were agreed meanwhile
    or await a decision, Conflict when the offer has fallen through.
    """
    lock_contract(contract)
    side = policy.acting_side(actor, contract)
    if side and contract.state == ContractState.OFFERED and contract.version != seen_version:
        raise TermsChanged("The terms have changed since you opened this page. Read them again before you sign.")
    if side and policy.has_signed(side, contract):
        return
    demand(policy.why_not_sign(actor, contract))
    if open_proposal(contract.id):
        raise TermsChanged("Other terms are proposed. They have to be agreed to, declined or taken back first.")
    typed = one_line(name)
    if typed.casefold() != one_line(actor.name).casefold():
        raise Invalid("name", f"Type your name as on your account: {actor.name}")
    _write_signature(contract, side or "", typed, now)
    note(contract, "signed", f"{actor.name} signed.", now, actor=actor)
    contract_signed.send(contract, by=actor)
    if contract.signed_client_at and contract.signed_freelancer_at:
        _begin(contract, now)
    plan(contract)


def withdraw_offer(actor: User, contract: Contract, reason: str, now: datetime) -> None:
    """Withdraw or decline the offer before both have signed; the other side sees the reason, the job is undecided
    again.

    Raises Invalid without a reason, Conflict when both have signed.
    """
    lock_contract(contract)
    demand(policy.why_not_withdraw(actor, contract))
    if not reason.strip():
        raise Invalid("reason", "Tell the other side why, in a sentence.")
    fall_through(contract, policy.side_of(actor, contract) or "", reason.strip(), now, actor=actor)


def fall_through(contract: Contract, by: str, reason: str, now: datetime, actor: User | None = None) -> None:
    """Cancel an unsigned offer, revive lapsed bids and let the client decide again; call with the contract locked."""
    award = contract.award
    ended = {"ended_at": now, "end_reason": reason, "ended_by": actor.id if actor else None}
    move(contract, ContractState.CANCELLED, by, CONTRACT_MOVES, **ended)
    close_proposal(contract, now)
    award.withdrawn_at = now
    decide_again(award.job, now)
    bids.give_back_award(award.bid, _BID_PART[by], reason, now)
    revived = bids.revive_bids(award.job, award.bid, now)
    who = actor.name if actor else "Nobody"
    did = "withdrew the offer" if by == CLIENT else "declined the offer" if by == FREELANCER else "signed in time"
    note(contract, "withdrawn", f"{who} {did}; the job is to be decided again.", now, actor=actor, words=reason)
    plan(contract)
    contract_cancelled.send(contract)
    award_withdrawn.send(award, revived=revived)


def _scope(bid: Bid) -> dict[str, Any]:
    job = bid.job
    return {
        "title": job.title,
        "spec": job.spec,
        "requirements": [{"id": str(line.id), "kind": line.kind, "value": line.value} for line in job.requirements],
        "offer": bid.note,
        "credits": bid.credits,
        "days": bid.days,
        "url": bid.prototype.url if bid.prototype else "",
    }


def _first_version(contract: Contract, award: Award, step: PlannedMilestone, now: datetime) -> ContractVersion:
    return ContractVersion(
        contract_id=contract.id,
        number=1,
        state=ProposalState.AGREED,
        milestones=as_rows([step]),
        go_live_hours=contract.go_live_hours,
        proposed_by=award.awarded_by,
        proposed_at=now,
    )


def _write_signature(contract: Contract, side: str, name: str, now: datetime) -> None:
    if side == CLIENT:
        contract.signed_client_at, contract.signed_client_name = now, name
    else:
        contract.signed_freelancer_at, contract.signed_freelancer_name = now, name


def _begin(contract: Contract, now: datetime) -> None:
    move(contract, ContractState.ACTIVE, BOTH, CONTRACT_MOVES, active_at=now)
    bids.accept_bid(contract.award.bid, now)
    note(contract, "began", "Both have signed: the contract is in force.", now)
    contract_began.send(contract)
