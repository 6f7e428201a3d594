"""Contracts as test fixtures, made by the product's services; call inside an app context."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.contracts.models import Contract, HandoverItem, Milestone
from marketplace.contracts.queries import contract_of
from marketplace.contracts.services import working
from marketplace.contracts.services.agreeing import agree, propose_terms
from marketplace.contracts.services.awarding import award_bid
from marketplace.contracts.services.offering import sign
from marketplace.contracts.services.settling import fund
from marketplace.contracts.services.working import submit_work
from marketplace.contracts.states import Owed
from marketplace.contracts.terms import PlannedMilestone, Terms
from marketplace.core.database import db
from marketplace.payments.services.charging import settle_charge
from tests.support.factories import START, make_bid, make_job, make_user

TWO_STEPS = Terms((PlannedMilestone("Design", 90_000), PlannedMilestone("Build", 200_000)), go_live_hours=6)


def make_offer(bid: Bid | None = None, **fields: Any) -> Contract:
    """An unsigned offer; without `bid`, on a job of its own, for 2,900 euros."""
    if bid is None:
        lines = [("page", "/prices"), ("text", "Book now"), ("free", "It feels friendly")]
        job = make_job(make_user("client", name="Cleo Client"), requirements=lines)
        bid = make_bid(job, make_user("freelancer", name="Fay Freelancer"), **fields)
    award = award_bid(bid.job.client, bid, bid.version, START)
    db.session.commit()
    contract = contract_of(award.id)
    assert contract is not None
    return contract


def sign_both(contract: Contract, now: datetime = START, *, handed_over: bool = True) -> Contract:
    """Have both sides sign, and the freelancer hand over all that automatic release waits for."""
    for person in (contract.client, contract.freelancer):
        sign(person, contract, person.name, contract.version, now)
    if handed_over:
        items = update(HandoverItem).where(HandoverItem.contract_id == contract.id)
        db.session.execute(items.values(given="https://git.example/gym", given_at=now))
    db.session.commit()
    return contract


def make_contract(terms: Terms | None = None, *, handed_over: bool = True, **fields: Any) -> Contract:
    """A contract in force; other `terms` are agreed before the signatures."""
    contract = make_offer(**fields)
    if terms:
        version = propose_terms(contract.client, contract, terms, "", START)
        agree(contract.freelancer, contract, version, START)
    return sign_both(contract, handed_over=handed_over)


def approve(client: User, milestone: Milestone, now: datetime) -> None:
    """Approve as the client, waiving whatever is missing."""
    working.approve(client, milestone, now, tuple(Owed))


def pay_for(milestone: Milestone, now: datetime = START) -> Milestone:
    """Pay for the milestone, so that its money is held."""
    settle_charge(fund(milestone.contract.client, milestone, now), "succeeded", now)
    db.session.commit()
    return milestone


def hand_in(milestone: Milestone, now: datetime = START, url: str = "") -> Milestone:
    """Submit work for a milestone, paying for it first if needed."""
    if milestone.state == "planned":
        pay_for(milestone, now)
    submit_work(milestone.contract.freelancer, milestone, "All pages are done.", url, now)
    db.session.commit()
    return milestone
