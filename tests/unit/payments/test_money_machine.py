"""State machine over money: invariants hold after every action of people, banks and the provider."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.core.errors import MarketplaceError
from marketplace.payments.amounts import step_of
from marketplace.payments.models import Charge, Hold, LedgerAccount, LedgerBalance, Movement, Posting
from marketplace.payments.providers.protocol import ChargeReport, MovementReport
from marketplace.payments.services.charging import settle_charge, start_charge
from marketplace.payments.services.provider_results import charge_reported
from marketplace.payments.services.settlement import freeze, pay_out, refund, release, split, unfreeze
from marketplace.payments.services.transfers import send_again, settle_movement, withdraw
from marketplace.payments.states import UNRESOLVED, ChargeState
from marketplace.payments.verifying import offences
from tests.support.examples import examples
from tests.support.factories import START, make_user
from tests.support.money import make_payable

pytestmark = pytest.mark.both_engines

AMOUNTS = st.one_of(st.integers(1, 100), st.integers(1, 10**9))
CURRENCIES = ("EUR", "JPY", "KWD", "HUF")
PICK = st.integers(0, 5)
KEYS = st.sampled_from(["a", "b"])
RESOLVING: dict[str, Callable[[Hold, int, str], Hold]] = {
    "release": lambda hold, part, key: release(hold, START, key),
    "refund": lambda hold, part, key: refund(hold, START, key),
    "split": lambda hold, part, key: split(hold, part % (hold.amount + 1), START, key),
    "pay out": lambda hold, part, key: pay_out(hold, {People.payee: part % (hold.amount + 1)}, START, key),
}


class People:
    """The people, created once before all sequences."""

    payer = payee = 0


class Money(RuleBasedStateMachine):
    """Run a sequence in a transaction that is rolled back, with a savepoint per action as requests use transactions."""

    def __init__(self) -> None:
        super().__init__()
        self.charges: list[Charge] = []
        self.resolved: dict[tuple[int, str], tuple[str, int, str, int, int]] = {}
        """Results by hold and key: the action, its part, and the hold at that time."""

    def attempt(self, act: Callable[[], Any]) -> bool:
        try:
            with db.session.begin_nested():
                act()
        except MarketplaceError:
            return False
        return True

    @property
    def holds(self) -> list[Hold]:
        return [charge.hold for charge in self.charges if charge.hold]

    @rule(amount=AMOUNTS, currency=st.sampled_from(CURRENCIES), pool=st.booleans(), news=st.booleans())
    def charge(self, amount: int, currency: str, pool: bool, news: bool) -> None:
        payer, payee = db.session.get_one(User, People.payer), db.session.get_one(User, People.payee)
        key, amount = f"charge:{len(self.charges)}", amount * step_of(currency)
        charge = start_charge(payer, None if pool else payee, amount, currency, "Work", key, START)
        assert start_charge(payer, None if pool else payee, amount, currency, "Work", key, START) is charge
        self.charges.append(charge)
        if news:
            settle_charge(charge, ChargeState.SUCCEEDED, START)

    @initialize(amount=AMOUNTS)
    def begin(self, amount: int) -> None:
        self.charge(amount, "EUR", pool=False, news=True)

    @precondition(lambda self: self.charges)
    @rule(pick=PICK, state=st.sampled_from(list(ChargeState)))
    def hear_of_a_charge(self, pick: int, state: ChargeState) -> None:
        charge = self.charges[pick % len(self.charges)]
        paid_before = charge.state == ChargeState.SUCCEEDED
        settle_charge(charge, state, START)
        assert (charge.state == ChargeState.SUCCEEDED) == (paid_before or state is ChargeState.SUCCEEDED)

    @precondition(lambda self: self.holds)
    @rule(pick=PICK, act=st.sampled_from(list(RESOLVING)), part=AMOUNTS, key=KEYS)
    def resolve(self, pick: int, act: str, part: int, key: str) -> None:
        hold = self.holds[pick % len(self.holds)]
        was_held, name = hold.state == "held", (hold.id, f"{hold.id}:{key}")
        done = self.attempt(lambda: RESOLVING[act](hold, part, name[1]))
        db.session.refresh(hold)
        answer = (hold.state, hold.released, hold.refunded)
        if not was_held:
            if done:  # the same key returns the first result
                assert self.resolved[name] == answer
            return
        if done:
            assert hold.released + hold.refunded == hold.amount
            assert hold.id not in {hold_id for hold_id, _ in self.resolved}
            self.resolved[name] = answer

    @precondition(lambda self: self.holds)
    @rule(pick=PICK, thaw=st.booleans())
    def dispute(self, pick: int, thaw: bool) -> None:
        hold = self.holds[pick % len(self.holds)]
        self.attempt(lambda: (unfreeze if thaw else freeze)(hold, START))

    @precondition(lambda self: self.holds)
    @rule(pick=PICK, news=st.sampled_from(["open", "won", "lost"]))
    def hear_of_a_chargeback(self, pick: int, news: Any) -> None:
        charge = self.holds[pick % len(self.holds)].charge
        if charge.dispute != "lost":
            charge_reported(charge, ChargeReport(ChargeState.SUCCEEDED, None, news), START)
            assert charge.dispute == news

    @precondition(lambda self: self.resolved)
    @rule(pick=PICK, news=st.sampled_from(["pending", "sent", "failed"]), again=st.booleans())
    def hear_of_a_movement(self, pick: int, news: Any, again: bool) -> None:
        movements = db.session.scalars(select(Movement).order_by(Movement.id)).all()
        if movements:
            movement = movements[pick % len(movements)]
            self.attempt(lambda: settle_movement(movement, MovementReport(news, "ref", "because"), START))
            if again:
                self.attempt(lambda: send_again(movement, START))

    @precondition(lambda self: self.resolved)
    @rule(amount=AMOUNTS, currency=st.sampled_from(CURRENCIES), key=KEYS)
    def withdraw(self, amount: int, currency: str, key: str) -> None:
        payee = db.session.get_one(User, People.payee)
        self.attempt(lambda: withdraw(payee, amount, currency, START, key))

    @invariant()
    def everything_adds_up(self) -> None:
        sums = (
            select(LedgerAccount.currency, func.sum(Posting.amount))
            .join(LedgerAccount)
            .group_by(LedgerAccount.currency)
        )
        assert all(total == 0 for _, total in db.session.execute(sums))
        held = select(LedgerAccount.currency, LedgerBalance.amount).join(LedgerBalance)
        kept = dict(db.session.execute(held.where(LedgerAccount.kind == "held")).all())
        for currency in CURRENCIES:
            still = [hold.amount for hold in self.holds if hold.state in UNRESOLVED and hold.currency == currency]
            assert kept.get(currency, 0) == sum(still)

    @invariant()
    def the_provider_takes_all_that_is_sent(self) -> None:
        sent = db.session.execute(select(Movement.amount, Movement.currency)).all()
        assert all(amount % step_of(currency) == 0 for amount, currency in sent)

    def teardown(self) -> None:
        db.session.flush()
        found = offences()
        db.session.rollback()
        assert found == []


@pytest.mark.parametrize("part", range(4))
def test_no_money_is_created_or_lost_by_any_sequence(app: Flask, part: int) -> None:
    with app.app_context():
        payer, payee = make_user("client"), make_user("freelancer")
        make_payable(payee)
        People.payer, People.payee = payer.id, payee.id
        db.session.commit()
        run_state_machine_as_test(
            Money,
            settings=settings(
                max_examples=examples(500, 15),  # in each of four parts
                stateful_step_count=8,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
