"""Random actions on a contract checked against a model: same actions accepted and refused, and money adds up."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import hypothesis
import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from marketplace.contracts.models import Contract, ContractVersion, Deadline
from marketplace.contracts.queries import version_of
from marketplace.contracts.schedule import deadlines_of
from marketplace.contracts.services import agreeing, offering, settling, sweeping, working
from marketplace.contracts.services.planning import key_of
from marketplace.contracts.states import Owed
from marketplace.contracts.terms import PlannedMilestone, Terms
from marketplace.core.database import db
from marketplace.core.errors import MarketplaceError
from marketplace.payments.models import Charge
from marketplace.payments.services.charging import settle_charge
from tests.support.contracts import make_offer
from tests.support.examples import examples
from tests.support.factories import START

pytestmark = pytest.mark.both_engines

SIDES = st.sampled_from(["client", "freelancer"])
PLACES = st.integers(0, 5)
FINAL = {"released", "auto_released", "refunded", "dropped"}
PAID = {"released", "auto_released"}
HELD = {"funded", "submitted", "changes_requested"}
HANDED_IN = {"submitted"}


@dataclass
class Part:
    """A milestone of the model."""

    amount: int
    state: str = "planned"
    silent_until: datetime | None = None
    paid_at: datetime | None = None
    came_late: bool = False


@dataclass
class Proposal:
    number: int
    by: str
    at: datetime
    amounts: list[int] | None
    """None: a proposal to end the contract."""
    held_to: str = ""


@dataclass
class Model:
    """Expected state."""

    state: str = "offered"
    signed: set[str] = field(default_factory=set)
    parts: list[Part] = field(default_factory=lambda: [Part(290_000)])
    proposal: Proposal | None = None
    version: int = 1
    proposals: int = 1
    late: int = 0
    """Minor units paid too late to be accepted, and refunded."""

    def settle(self) -> None:
        """End the contract when all milestones are settled."""
        standing = [part for part in self.parts if part.state != "dropped"]
        if self.state == "active" and all(part.state in FINAL for part in standing):
            self.state = "completed" if any(part.state in PAID for part in standing) else "cancelled"
            self.proposal = None


class ContractMachine(RuleBasedStateMachine):
    """A separate contract for each run."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.model = START, Model()
        self.charges: dict[int, int] = {}
        """Open payments: charge id -> index of the milestone."""

    @initialize()
    def award(self) -> None:
        self.contract_id = make_offer().id

    @property
    def contract(self) -> Contract:
        return db.session.get_one(Contract, self.contract_id)

    def attempt(self, act: Callable[[Contract], object], *, allowed: bool) -> bool:
        """Perform the action; acceptance must match the model."""
        try:
            act(self.contract)
            db.session.commit()
        except MarketplaceError:
            db.session.rollback()
            assert not allowed, "the model allows this"
        else:
            assert allowed, "the model refuses this"
        return allowed

    @rule(side=SIDES)
    def sign(self, side: str) -> None:
        model, before = self.model, side in self.model.signed
        allowed = before or (model.state == "offered" and model.proposal is None)
        if self.attempt(lambda one: self._sign(one, side), allowed=allowed) and not before:
            model.signed.add(side)
            if len(model.signed) == 2:
                model.state = "active"

    def _sign(self, contract: Contract, side: str) -> None:
        person = getattr(contract, side)
        offering.sign(person, contract, person.name, contract.version, self.now)

    @rule(side=SIDES)
    @precondition(lambda self: self.now > START)
    def withdraw(self, side: str) -> None:
        act = lambda one: offering.withdraw_offer(getattr(one, side), one, "Why not.", self.now)  # noqa: E731
        if self.attempt(act, allowed=self.model.state == "offered"):
            self.model.state, self.model.proposal = "cancelled", None

    @rule(side=SIDES, amounts=st.lists(st.integers(1, 500_000), max_size=3))
    def propose(self, side: str, amounts: list[int]) -> None:
        terms = Terms(tuple(PlannedMilestone(f"Part {amount}", amount) for amount in amounts), 6)
        is_any_paid = any(part.state not in ("planned", "dropped") for part in self.model.parts)
        allowed = self._may_propose("offered", "active") and bool(amounts or is_any_paid)
        act = lambda one: agreeing.propose_terms(getattr(one, side), one, terms, "", self.now)  # noqa: E731
        if self.attempt(act, allowed=allowed):
            self._proposed(side, amounts, "")

    @rule(side=SIDES, held_to=SIDES)
    def propose_end(self, side: str, held_to: str) -> None:
        act = lambda one: agreeing.propose_end(getattr(one, side), one, held_to, "Enough.", self.now)  # noqa: E731
        if self.attempt(act, allowed=self._may_propose("active")):
            self._proposed(side, None, held_to)

    def _may_propose(self, *states: str) -> bool:
        return self.model.state in states and self.model.proposal is None

    def _proposed(self, side: str, amounts: list[int] | None, held_to: str) -> None:
        self.model.proposals += 1
        self.model.proposal = Proposal(self.model.proposals, side, self.now, amounts, held_to)

    @rule(side=SIDES, verb=st.sampled_from(["agree", "decline", "take_back"]))
    @precondition(lambda self: self.model.proposal is not None)
    def decide(self, side: str, verb: str) -> None:
        model, proposal = self.model, self.model.proposal
        assert proposal is not None
        allowed = (side == proposal.by) == (verb == "take_back")
        if verb == "agree" and proposal.amounts is not None:
            allowed = allowed and not any(part.paid_at and part.paid_at >= proposal.at for part in model.parts)
        act = lambda one: getattr(agreeing, verb)(getattr(one, side), one, self._version(one, proposal), self.now)  # noqa: E731
        if self.attempt(act, allowed=allowed):
            model.proposal = None
            if verb == "agree":
                self._agreed(proposal)

    def _version(self, contract: Contract, proposal: Proposal) -> ContractVersion:
        return version_of(contract.id, proposal.number)

    def _agreed(self, proposal: Proposal) -> None:
        model = self.model
        for part in model.parts:
            if part.state == "planned":
                part.state = "dropped"
            elif proposal.amounts is None and part.state in HELD:
                part.state = "released" if proposal.held_to == "freelancer" else "refunded"
        if proposal.amounts is not None:
            model.parts += [Part(amount) for amount in proposal.amounts]
            model.version = proposal.number
            if model.state == "offered":
                model.signed.clear()
        model.settle()

    @rule(place=PLACES)
    @precondition(lambda self: self.model.state == "active")
    def fund(self, place: int) -> None:
        if place >= len(self.model.parts):
            return
        part, begun = self.model.parts[place], place in self.charges.values()
        is_paid = part.paid_at is not None or part.came_late
        allowed = is_paid or (part.state == "planned" and (begun or self.model.proposal is None))
        act = lambda one: settling.fund(one.client, one.milestones[place], self.now)  # noqa: E731
        if self.attempt(act, allowed=allowed) and not is_paid:
            self.charges[self.contract.milestones[place].charge_id or 0] = place

    @rule(outcome=st.sampled_from(["succeeded", "succeeded", "failed", "canceled"]))
    @precondition(lambda self: bool(self.charges))
    def payment_ends(self, outcome: str) -> None:
        charge_id, place = self.charges.popitem()
        part = self.model.parts[place]
        settle_charge(db.session.get_one(Charge, charge_id), outcome, self.now)
        db.session.commit()
        if outcome != "succeeded":
            return
        if self.model.state == "active" and part.state == "planned":
            part.state, part.paid_at = "funded", self.now
        else:
            self.model.late += part.amount
            part.came_late = True

    @rule(place=PLACES)
    def submit(self, place: int) -> None:
        self._work(
            place,
            HELD,
            "submitted",
            lambda one, part: working.submit_work(one.freelancer, part, "Done.", "", self.now),
        )

    @rule(place=PLACES)
    def ask_for_changes(self, place: int) -> None:
        act = lambda one, part: working.ask_for_changes(one.client, part, "More.", self.now)  # noqa: E731
        self._work(place, HANDED_IN, "changes_requested", act)

    @rule(place=PLACES)
    def approve(self, place: int) -> None:
        act = lambda one, part: working.approve(one.client, part, self.now, tuple(Owed))  # noqa: E731
        self._work(place, HANDED_IN | {"changes_requested"}, "released", act, again=PAID)

    def _work(self, place: int, sources: set[str], target: str, act: Callable, again: set[str] = frozenset()) -> None:
        if place >= len(self.model.parts):
            return
        part = self.model.parts[place]
        moves = part.state in sources and self.model.state == "active"
        taken = self.attempt(lambda one: act(one, one.milestones[place]), allowed=moves or part.state in again)
        if taken and moves:
            part.state = target
            part.silent_until = self.now + timedelta(days=7) if target == "submitted" else None
            self.model.settle()

    @rule(hours=st.sampled_from([1, 30, 100, 200]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        while sweeping.do_due(lambda: self.now):
            pass
        db.session.expire_all()
        model = self.model
        if model.state == "offered" and self.now >= START + timedelta(days=14):
            model.state, model.proposal = "cancelled", None
        for part in model.parts:
            if part.state == "submitted" and part.silent_until and part.silent_until <= self.now:
                part.state, part.silent_until = "auto_released", None
        model.settle()

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        contract = self.contract
        assert (contract.state, contract.version) == (self.model.state, self.model.version)
        assert [one.state for one in contract.milestones] == [part.state for part in self.model.parts]
        job = {"offered": "awarded", "active": "awarded", "completed": "completed"}
        ended = "cancelled" if contract.active_at else "closed"
        assert contract.award.job.state == job.get(contract.state, ended)

    @invariant()
    def the_money_is_where_the_state_says(self) -> None:
        contract, late = self.contract, 0
        for milestone in contract.milestones:
            hold, charge = milestone.hold, milestone.charge
            if milestone.state in HELD:
                assert hold.state == "held"
            if milestone.state in PAID:
                assert (hold.state, hold.released) == ("released", milestone.amount)
            if milestone.state == "refunded":
                assert (hold.state, hold.refunded) == ("refunded", milestone.amount)
            if hold is None and charge and charge.hold:
                assert charge.hold.state == "refunded"
                late += charge.hold.refunded
        assert late == self.model.late

    @invariant()
    def what_is_due_is_what_the_schedule_says(self) -> None:
        contract = self.contract
        rows = db.session.scalars(select(Deadline).where(Deadline.contract_id == contract.id))
        due = {row.key for row in rows if row.due_at is not None}
        planned = {key_of(contract.id, one): one for one in deadlines_of(contract)}
        assert due <= set(planned)
        assert all(planned[key].at <= self.now for key in planned.keys() - due)


@pytest.fixture
def inside(app: Flask) -> Generator[None]:
    with app.app_context():
        yield


def test_contract_matches_model(inside: None) -> None:
    play = hypothesis.settings(max_examples=examples(50, 30), stateful_step_count=25, deadline=None)
    run_state_machine_as_test(ContractMachine, settings=play)
