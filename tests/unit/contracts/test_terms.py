from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from marketplace.contracts.queries import open_proposal
from marketplace.contracts.services.agreeing import agree, decline, propose_end, propose_terms, take_back
from marketplace.contracts.services.offering import TermsChanged, sign
from marketplace.contracts.services.settling import fund
from marketplace.contracts.terms import PlannedMilestone, Terms, problems
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.payments.services.charging import settle_charge
from tests.support.contracts import TWO_STEPS, hand_in, make_contract, make_offer, pay_for
from tests.support.factories import START

pytestmark = pytest.mark.both_engines

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def titles(contract) -> list[tuple[str, str]]:
    return [(one.title, one.state) for one in contract.milestones]


def test_terms_apply_once_other_side_agrees() -> None:
    contract = make_contract()
    version = propose_terms(contract.freelancer, contract, TWO_STEPS, "Two steps suit me better.", START)
    assert (contract.version, contract.price) == (1, 290_000)
    agree(contract.client, contract, version, START)
    assert contract.version == 2
    assert titles(contract) == [("The whole work", "dropped"), ("Design", "planned"), ("Build", "planned")]


def test_funded_milestones_stay() -> None:
    contract = make_contract(TWO_STEPS)
    pay_for(contract.standing[0])
    version = propose_terms(contract.client, contract, Terms((PlannedMilestone("Build", 150_000),)), "", START + HOUR)
    agree(contract.freelancer, contract, version, START + HOUR)
    assert [(one.title, one.amount) for one in contract.standing] == [("Design", 90_000), ("Build", 150_000)]


def test_changed_offer_terms_void_signatures() -> None:
    contract = make_offer()
    sign(contract.freelancer, contract, "Fay Freelancer", 1, START)
    version = propose_terms(contract.client, contract, TWO_STEPS, "", START)
    with pytest.raises(TermsChanged):
        sign(contract.client, contract, "Cleo Client", 1, START)
    agree(contract.freelancer, contract, version, START)
    assert contract.signed_freelancer_at is None
    with pytest.raises(TermsChanged):
        sign(contract.client, contract, "Cleo Client", 1, START)


def test_one_open_proposal_decided_by_other_side() -> None:
    contract = make_contract()
    version = propose_terms(contract.client, contract, TWO_STEPS, "", START)
    with pytest.raises(Conflict):
        propose_terms(contract.freelancer, contract, TWO_STEPS, "", START)
    with pytest.raises(NotAllowed):
        agree(contract.client, contract, version, START)
    with pytest.raises(NotAllowed):
        take_back(contract.freelancer, contract, version, START)
    decline(contract.freelancer, contract, version, START)
    assert (version.state, contract.version, open_proposal(contract.id)) == ("declined", 1, None)
    with pytest.raises(Conflict):
        agree(contract.freelancer, contract, version, START)


def test_withdrawn_proposal_cannot_be_accepted() -> None:
    contract = make_contract()
    version = propose_terms(contract.client, contract, TWO_STEPS, "", START)
    take_back(contract.client, contract, version, START)
    with pytest.raises(Conflict):
        agree(contract.freelancer, contract, version, START)


def test_no_payment_while_proposal_is_open() -> None:
    contract = make_contract()
    propose_terms(contract.client, contract, TWO_STEPS, "", START)
    with pytest.raises(Conflict):
        fund(contract.client, contract.milestones[0], START)


def test_payment_in_progress_voids_proposal() -> None:
    contract = make_contract()
    charge = fund(contract.client, contract.milestones[0], START)
    version = propose_terms(contract.client, contract, TWO_STEPS, "", START + HOUR)
    settle_charge(charge, "succeeded", START + 2 * HOUR)
    with pytest.raises(Conflict):
        agree(contract.freelancer, contract, version, START + 3 * HOUR)


def test_end_does_not_pay_out_money_paid_after_proposal() -> None:
    contract = make_contract()
    charge = fund(contract.client, contract.milestones[0], START)
    version = propose_end(contract.client, contract, "freelancer", "Our plans changed.", START + HOUR)
    settle_charge(charge, "succeeded", START + 2 * HOUR)
    with pytest.raises(Conflict, match="paid since"):
        agree(contract.freelancer, contract, version, START + 3 * HOUR)


@pytest.mark.parametrize("clock_goes", [HOUR, -HOUR], ids=["on", "back"])
def test_payment_and_proposal_are_ordered_by_timeline_not_clock(clock_goes: timedelta) -> None:
    contract = make_contract(TWO_STEPS)
    pay_for(contract.standing[0], START + 2 * HOUR)
    version = propose_end(contract.client, contract, "client", "Our plans changed.", START + 2 * HOUR + clock_goes)
    agree(contract.freelancer, contract, version, START + 2 * HOUR + 2 * clock_goes)
    assert contract.state == "cancelled"

    other = make_contract()
    charge = fund(other.client, other.milestones[0], START)
    version = propose_end(other.client, other, "freelancer", "Our plans changed.", START + 2 * HOUR)
    settle_charge(charge, "succeeded", START + 2 * HOUR + clock_goes)
    with pytest.raises(Conflict, match="paid since"):
        agree(other.freelancer, other, version, START + 3 * HOUR)


def test_payment_for_dropped_milestone_is_refunded() -> None:
    contract = make_contract()
    charge = fund(contract.client, contract.milestones[0], START)
    agree(contract.freelancer, contract, propose_terms(contract.client, contract, TWO_STEPS, "", START), START)
    settle_charge(charge, "succeeded", START + HOUR)
    assert (contract.milestones[0].state, charge.hold.state) == ("dropped", "refunded")


@pytest.mark.parametrize(
    ("held_to", "milestone_state", "contract_state", "job_state"),
    [("client", "refunded", "cancelled", "cancelled"), ("freelancer", "released", "completed", "completed")],
)
def test_both_may_end_contract_and_assign_held_money(
    held_to: str, milestone_state: str, contract_state: str, job_state: str
) -> None:
    contract = make_contract(TWO_STEPS)
    design, build = contract.standing
    hand_in(design)
    version = propose_end(contract.client, contract, held_to, "Our plans changed.", START)
    agree(contract.freelancer, contract, version, START)
    assert (design.state, build.state) == (milestone_state, "dropped")
    assert (contract.state, contract.award.job.state) == (contract_state, job_state)


def test_agreeing_twice_changes_nothing() -> None:
    contract = make_contract()
    version = propose_terms(contract.client, contract, TWO_STEPS, "", START)
    for _ in range(2):
        agree(contract.freelancer, contract, version, START)
    assert len(contract.standing) == 2


def test_ending_needs_reason() -> None:
    contract = make_contract()
    with pytest.raises(Invalid):
        propose_end(contract.client, contract, "client", "", START)
    with pytest.raises(Invalid):
        propose_end(contract.client, contract, "somebody", "Why not.", START)


TODAY = date(2026, 11, 24)
WRONG = {
    "nothing at all": (Terms(()), "steps"),
    "no title": (Terms((PlannedMilestone("", 1),)), "title"),
    "no amount": (Terms((PlannedMilestone("Design", 0),)), "amount"),
    "a day that is past": (Terms((PlannedMilestone("Design", 1, TODAY - timedelta(days=1)),)), "due_on"),
    "a day that never comes": (Terms((PlannedMilestone("Design", 1, date(9999, 12, 31)),)), "due_on"),
    "no hours": (Terms((PlannedMilestone("Design", 1),), 0), "go_live_hours"),
    "too many": (Terms(tuple(PlannedMilestone("Part", 1) for _ in range(11))), "steps"),
}


@pytest.mark.parametrize(("terms", "field"), WRONG.values(), ids=WRONG.keys())
def test_invalid_terms_are_refused(terms: Terms, field: str) -> None:
    assert [one.field for one in problems(terms, TODAY, needs_steps=True)] == [field]
    contract = make_contract()
    with pytest.raises(Invalid):
        propose_terms(contract.client, contract, terms, "", START)
    db.session.rollback()
