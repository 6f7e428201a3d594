from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.contracts.models import ContractEvent, Deadline, Milestone
from marketplace.contracts.services.settling import fund
from marketplace.contracts.services.sweeping import do_due
from marketplace.contracts.services.working import ask_for_changes, submit_work
from marketplace.contracts.states import Pause
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.events import deadline_near
from marketplace.payments.services.charging import settle_charge
from marketplace.payments.services.settlement import close_chargeback, freeze, open_chargeback
from tests.support.contracts import TWO_STEPS, approve, hand_in, make_contract, pay_for
from tests.support.factories import START

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def milestone(context: None) -> Milestone:
    return make_contract().milestones[0]


def sweep(clock: FixedClock, moment) -> None:
    clock.moment = moment
    while do_due(clock.now):
        pass
    db.session.expire_all()


def test_settled_payment_funds_milestone(milestone: Milestone) -> None:
    charge = fund(milestone.contract.client, milestone, START)
    assert (milestone.state, charge.amount, charge.payee_id) == ("planned", 290_000, milestone.contract.freelancer_id)
    settle_charge(charge, "succeeded", START)
    assert (milestone.state, milestone.hold.state, milestone.funded_at) == ("funded", "held", START)


def test_paying_twice_returns_same_payment_until_it_fails(milestone: Milestone) -> None:
    client = milestone.contract.client
    first = fund(client, milestone, START)
    assert fund(client, milestone, START) is first
    settle_charge(first, "failed", START)
    second = fund(client, milestone, START)
    assert second is not first
    settle_charge(second, "succeeded", START)
    assert fund(client, milestone, START) is second


def test_work_is_submitted_changed_and_approved(milestone: Milestone) -> None:
    client, freelancer = milestone.contract.client, milestone.contract.freelancer
    pay_for(milestone)
    submit_work(freelancer, milestone, "All pages.", "", START)
    assert (milestone.state, milestone.auto_release_at) == ("submitted", START + 7 * DAY)
    ask_for_changes(client, milestone, "The prices are old.", START)
    assert (milestone.state, milestone.auto_release_at, milestone.changes) == (
        "changes_requested", None, "The prices are old.",
    )  # fmt: skip
    submit_work(freelancer, milestone, "New prices.", "", START + DAY)
    assert milestone.auto_release_at == START + 8 * DAY
    approve(client, milestone, START + 2 * DAY)
    assert (milestone.state, milestone.hold.state) == ("released", "released")


def test_last_release_completes_contract_and_job() -> None:
    contract = make_contract(TWO_STEPS)
    design, build = contract.standing
    hand_in(design)
    approve(contract.client, design, START)
    assert (contract.state, contract.award.job.state) == ("active", "awarded")
    hand_in(build)
    approve(contract.client, build, START)
    assert (contract.state, contract.ended_at, contract.award.job.state) == ("completed", START, "completed")


def test_approving_twice_pays_once(milestone: Milestone) -> None:
    hand_in(milestone)
    for _ in range(2):
        approve(milestone.contract.client, milestone, START)
    assert milestone.hold.state == "released"
    kinds = list(db.session.scalars(select(ContractEvent.kind)))
    assert kinds.count("released") == 1


def test_auto_release_after_three_warnings(clock: FixedClock) -> None:
    milestone = hand_in(make_contract(go_live_hours=None).milestones[0])
    warned: list[str] = []

    def hear(deadline: Deadline, **_: object) -> None:
        warned.append(deadline.what)

    with deadline_near.connected_to(hear):
        for hours in range(0, 7 * 24, 6):
            sweep(clock, START + timedelta(hours=hours))
        assert (warned, milestone.state) == (["release_warning"] * 3, "submitted")
        sweep(clock, START + 7 * DAY)
    assert (milestone.state, milestone.hold.state, milestone.contract.state) == (
        "auto_released", "released", "completed",
    )  # fmt: skip


def test_money_of_replaced_payment_is_refunded(milestone: Milestone) -> None:
    client = milestone.contract.client
    first = settle_charge(fund(client, milestone, START), "failed", START)
    second = fund(client, milestone, START)
    settle_charge(first, "succeeded", START)
    assert (first.hold.state, milestone.state) == ("refunded", "planned")
    settle_charge(second, "succeeded", START)
    assert (milestone.state, milestone.hold_id) == ("funded", second.hold.id)


def test_payment_of_another_provider_is_restarted(milestone: Milestone) -> None:
    old = fund(milestone.contract.client, milestone, START)
    assert fund(milestone.contract.client, milestone, START) is old
    old.provider = "stripe"
    assert fund(milestone.contract.client, milestone, START) is not old


def test_change_request_stops_auto_release(milestone: Milestone, clock: FixedClock) -> None:
    hand_in(milestone)
    ask_for_changes(milestone.contract.client, milestone, "The prices are old.", START)
    db.session.commit()
    sweep(clock, START + 30 * DAY)
    assert milestone.state == "changes_requested"


def test_money_frozen_by_bank_is_not_auto_released(milestone: Milestone, clock: FixedClock) -> None:
    freeze(hand_in(milestone).hold, START)
    db.session.commit()
    sweep(clock, START + 7 * DAY)
    assert (milestone.state, milestone.auto_release_at) == ("submitted", None)
    assert milestone.pause == Pause.BANK


@pytest.mark.parametrize(
    ("lost", "state", "contract"), [(True, "refunded", "cancelled"), (False, "submitted", "active")]
)
def test_chargeback_outcome_is_followed(
    milestone: Milestone, clock: FixedClock, lost: bool, state: str, contract: str
) -> None:
    hold = hand_in(milestone).hold
    open_chargeback(hold)
    db.session.commit()
    sweep(clock, START + DAY)
    assert (milestone.pause, milestone.auto_release_at) == (Pause.BANK, None)
    close_chargeback(hold, START + DAY, lost=lost)
    db.session.commit()
    sweep(clock, START + 30 * DAY)
    assert (milestone.state, milestone.contract.state) == (state, contract)


def test_won_chargeback_restarts_auto_release_time(milestone: Milestone, clock: FixedClock) -> None:
    hold = hand_in(milestone).hold
    open_chargeback(hold)
    db.session.commit()
    sweep(clock, START + 6 * DAY)
    close_chargeback(hold, START + 6 * DAY, lost=False)
    db.session.commit()
    sweep(clock, START + 6 * DAY)
    assert (milestone.pause, milestone.auto_release_at) == ("", START + 13 * DAY)
    sweep(clock, START + 13 * DAY)
    assert (milestone.state, milestone.hold.state) == ("auto_released", "released")


def test_each_side_may_do_only_its_own_steps(milestone: Milestone) -> None:
    client, freelancer = milestone.contract.client, milestone.contract.freelancer
    with pytest.raises(NotAllowed):
        fund(freelancer, milestone, START)
    hand_in(milestone)
    with pytest.raises(NotAllowed):
        submit_work(client, milestone, "Done.", "", START)
    for act in (approve, lambda *args: ask_for_changes(args[0], args[1], "More.", args[2])):
        with pytest.raises(NotAllowed):
            act(freelancer, milestone, START)


def test_unpaid_milestone_is_neither_submitted_nor_approved(milestone: Milestone) -> None:
    with pytest.raises(Conflict):
        submit_work(milestone.contract.freelancer, milestone, "Done.", "", START)
    with pytest.raises(Conflict):
        approve(milestone.contract.client, milestone, START)


def test_empty_text_is_refused(milestone: Milestone) -> None:
    pay_for(milestone)
    with pytest.raises(Invalid):
        submit_work(milestone.contract.freelancer, milestone, " ", "", START)
    hand_in(milestone)
    with pytest.raises(Invalid):
        ask_for_changes(milestone.contract.client, milestone, " ", START)
