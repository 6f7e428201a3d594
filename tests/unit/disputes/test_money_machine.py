"""State machine over a dispute: money adds up after any sequence of actions by people, admins and the clock.

Short by default; `HYPOTHESIS_PROFILE=long` runs 40 sequences.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import hypothesis
import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.core.errors import MarketplaceError
from marketplace.disputes.models import Dispute, Ruling
from marketplace.disputes.services.arguing import say
from marketplace.disputes.services.opening import DisputeDays, open_dispute, withdraw_dispute
from marketplace.disputes.services.proposing import accept_split, decline_split, propose_split, take_back_split
from marketplace.disputes.services.ruling import appeal
from marketplace.disputes.services.ruling import rule as rule_on
from marketplace.disputes.services.sweeping import do_due
from marketplace.disputes.states import ENDED, RUNNING, DisputeOutcome
from marketplace.payments.models import Hold, LedgerEntry, Posting
from marketplace.payments.states import HoldState
from tests.support.contracts import hand_in, make_offer, sign_both
from tests.support.disputes import REASONS
from tests.support.examples import examples
from tests.support.factories import START, make_bid, make_job, make_user

pytestmark = pytest.mark.both_engines

SETTINGS = hypothesis.settings(
    max_examples=examples(40, 15),
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
PERSONS = st.sampled_from(["client", "freelancer", "ann", "bea"])
SIDES = st.sampled_from(["client", "freelancer"])


class DisputeMachine(RuleBasedStateMachine):
    """Both sides and two admins act at random; refusals are fine, wrong money is not."""

    people: dict[str, int]
    """Created once for all sequences, so that each starts quickly."""

    @initialize()
    def begin(self) -> None:
        self.now = START
        self.persons = {name: db.session.get_one(User, key) for name, key in self.people.items()}
        bid = make_bid(make_job(self.persons["client"]), self.persons["freelancer"])
        milestone = hand_in(sign_both(make_offer(bid)).milestones[0])
        self.dispute = open_dispute(self.persons["client"], milestone, "Half is missing.", DisputeDays(), START)
        db.session.commit()
        self.entries = self._entries()
        self.ended_as: tuple[str, int, int] | None = None

    def act(self, verb, *args) -> None:
        """Perform the action, and commit or roll back like a page."""
        try:
            verb(*args)
            db.session.commit()
        except MarketplaceError:
            db.session.rollback()

    @rule(who=PERSONS)
    def speak(self, who: str) -> None:
        self.act(say, self.persons[who], self.dispute, "I say so.", self.now)

    @rule(who=PERSONS, amount=st.sampled_from([-1, 0, 1, 99_999, 290_000, 290_001]))
    def propose(self, who: str, amount: int) -> None:
        self.act(propose_split, self.persons[who], self.dispute, amount, "", self.now)

    @rule(who=PERSONS, verb=st.sampled_from([accept_split, decline_split, take_back_split]), twice=st.booleans())
    def answer(self, who: str, verb, twice: bool) -> None:
        newest = self.dispute.proposals[-1].id if self.dispute.proposals else 0
        for _ in range(1 + twice):
            self.act(verb, self.persons[who], self.dispute, newest, self.now)

    @rule(
        who=PERSONS, outcome=st.sampled_from(list(DisputeOutcome)), amount=st.integers(-1, 290_001), twice=st.booleans()
    )
    def decide(self, who: str, outcome: DisputeOutcome, amount: int, twice: bool) -> None:
        for _ in range(1 + twice):
            self.act(rule_on, self.persons[who], self.dispute, outcome, amount, REASONS, self.now, self.now)

    @rule(who=SIDES, twice=st.booleans())
    def protest(self, who: str, twice: bool) -> None:
        for _ in range(1 + twice):
            self.act(appeal, self.persons[who], self.dispute, "It overlooked the prices.", self.now)

    @rule(who=PERSONS)
    def withdraw(self, who: str) -> None:
        self.act(withdraw_dispute, self.persons[who], self.dispute, self.now)

    @rule(days=st.sampled_from([1, 7, 30]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        while do_due(lambda: self.now):
            pass
        db.session.expire_all()

    @invariant()
    def the_money_adds_up(self) -> None:
        dispute, money = self._rows()
        assert money.released + money.refunded == (money.amount if money.resolved_at else 0)
        assert money.fee == money.released * money.fee_bps // 10_000
        sums = select(Posting.entry_id).group_by(Posting.entry_id).having(func.sum(Posting.amount) != 0)
        assert not db.session.scalars(sums.limit(1)).all()
        moved = self._entries() - self.entries
        assert moved == (1 if money.resolved_at else 0), "one movement for an outcome, none before"
        if dispute.state in RUNNING:
            assert (money.state, dispute.milestone.state) == (HoldState.FROZEN, "disputed")
        elif dispute.state == "withdrawn":
            assert (money.state, dispute.milestone.state) == (HoldState.HELD, "submitted")
        else:
            assert money.resolution_key == f"dispute:{dispute.id}"
            assert money.released == dispute.to_freelancer
            assert dispute.milestone.state == money.state

    @invariant()
    def what_ended_stays_as_it_is(self) -> None:
        dispute, money = self._rows()
        if dispute.state in ENDED:
            now = (dispute.state, money.released, money.refunded)
            assert self.ended_as in (None, now)
            self.ended_as = now
            assert dispute.due_at is None

    @invariant()
    def admins_rule_once_each_and_pay_what_they_ruled(self) -> None:
        dispute, money = self._rows()
        admins = list(db.session.scalars(select(Ruling.admin_id).where(Ruling.dispute_id == dispute.id)))
        assert len(admins) == len(set(admins)) <= 2
        assert set(admins) <= {self.people["ann"], self.people["bea"]}
        if dispute.state == "final":
            assert money.released == dispute.rulings[-1].to_freelancer

    def _rows(self) -> tuple[Dispute, Hold]:
        assert self.dispute.milestone.hold
        return self.dispute, self.dispute.milestone.hold

    def _entries(self) -> int:
        """Ledger entries of this dispute's money."""
        assert self.dispute.milestone.hold
        mine = LedgerEntry.hold_id == self.dispute.milestone.hold.id
        return db.session.scalar(select(func.count(LedgerEntry.id)).where(mine)) or 0

    def teardown(self) -> None:
        """Leave nothing due for a later sequence's sweep."""
        db.session.rollback()
        self.dispute.due_at = None
        db.session.commit()


@pytest.fixture
def people(app: Flask) -> Iterator[dict[str, int]]:
    with app.app_context():
        roles = {"client": "client", "freelancer": "freelancer", "ann": "admin", "bea": "admin"}
        yield {name: make_user(role, name=f"{name.title()} Example").id for name, role in roles.items()}


def test_money_adds_up_after_any_sequence(people: dict[str, int]) -> None:
    DisputeMachine.people = people
    run_state_machine_as_test(DisputeMachine, settings=SETTINGS)
