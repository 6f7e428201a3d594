"""Things the client needs before paying: provided or waived, and what never pauses auto-release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.contracts.agenda import contract_ics
from marketplace.contracts.models import ContractEvent, HandoverItem, Milestone
from marketplace.contracts.next_step import next_step
from marketplace.contracts.owed import missing_for
from marketplace.contracts.schedule import What, deadlines_of
from marketplace.contracts.services.handover import give_secret, hand_over, secret_key
from marketplace.contracts.services.sweeping import do_due
from marketplace.contracts.services.working import approve, ask_for_changes, submit_work, waive
from marketplace.contracts.states import Owed, Pause
from marketplace.contracts.wording import pause_words
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.notifications.models import Notification
from marketplace.payments.services.settlement import close_chargeback, open_chargeback
from marketplace.payments.verifying import offences
from tests.support.contracts import TWO_STEPS, hand_in, make_contract, pay_for
from tests.support.factories import START

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)
GIVEN_BY_FREELANCER = (Owed.SOURCE, Owed.CREDENTIALS, Owed.LICENCE)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def milestone(context: None) -> Milestone:
    """A paid milestone of a contract without any handover yet."""
    return pay_for(make_contract(handed_over=False).milestones[0])


def give(milestone: Milestone, *what: Owed, now=START) -> None:
    contract = milestone.contract
    for item in db.session.scalars(select(HandoverItem).where(HandoverItem.contract_id == contract.id)).all():
        if item.kind in what:
            hand_over(contract.freelancer, contract, item, "https://git.example/gym", now)
    db.session.commit()


def sweep(clock: FixedClock, moment) -> None:
    clock.moment = moment
    while do_due(clock.now):
        pass
    db.session.expire_all()


def told(person_id: int) -> str:
    mine = select(Notification).where(Notification.user_id == person_id)
    return "\n".join(f"{one.subject} {one.body}" for one in db.session.scalars(mine))


@pytest.mark.parametrize("left", GIVEN_BY_FREELANCER)
def test_no_auto_release_while_freelancer_owes_anything(milestone: Milestone, clock: FixedClock, left: Owed) -> None:
    give(milestone, *(one for one in GIVEN_BY_FREELANCER if one is not left))
    hand_in(milestone)
    assert (milestone.pause, milestone.auto_release_at) == (Pause.OWED, None)
    sweep(clock, START + 100 * DAY)
    assert (milestone.state, milestone.hold.state) == ("submitted", "held")


def test_auto_release_time_starts_at_handover(milestone: Milestone, clock: FixedClock) -> None:
    hand_in(milestone)
    give(milestone, Owed.SOURCE, Owed.LICENCE, now=START + 3 * DAY)
    assert (milestone.pause_evidence, milestone.auto_release_at) == ("Credentials", None)
    contract, key = milestone.contract, secret_key("x" * 32)
    give_secret(contract.freelancer, contract, "Hosting", "hunter2", key, START + 20 * DAY)
    db.session.commit()
    assert (milestone.pause, milestone.auto_release_at) == (Pause.NONE, START + 27 * DAY)
    sweep(clock, START + 27 * DAY)
    assert (milestone.state, offences()) == ("auto_released", [])


def test_deadlines_calendar_page_and_mail_agree_on_missing_items(milestone: Milestone, clock: FixedClock) -> None:
    hand_in(milestone)
    contract = milestone.contract
    planned = {one.what for one in deadlines_of(contract)}
    assert What.HANDOVER_REMINDER in planned
    assert not planned & {What.AUTO_RELEASE, What.RELEASE_WARNING}
    assert b"Silence releases" not in contract_ics(contract, deadlines_of(contract), "https://x.example", START)
    step = next_step(contract, None)
    assert step is not None
    assert (step.side, step.act) == ("freelancer", "hand_over")
    assert "Source, Credentials, Licence and credits" in pause_words(milestone)
    reminder = "Missing for “The whole work”: Source, Credentials, Licence and credits"
    for day, count in ((1, 0), (2, 1), (5, 2), (6, 2)):
        sweep(clock, START + day * DAY)
        assert told(contract.freelancer_id).count(reminder) == count
    give(milestone, *GIVEN_BY_FREELANCER, now=START + 6 * DAY)
    planned = {one.what for one in deadlines_of(contract)}
    assert {What.AUTO_RELEASE, What.RELEASE_WARNING} <= planned
    assert What.HANDOVER_REMINDER not in planned


def test_work_submitted_before_this_rule_is_not_auto_released(milestone: Milestone, clock: FixedClock) -> None:
    give(milestone, *GIVEN_BY_FREELANCER)
    hand_in(milestone)
    db.session.query(HandoverItem).update({"given_at": None})
    db.session.commit()
    sweep(clock, START + 7 * DAY)
    assert (milestone.state, milestone.pause) == ("submitted", Pause.OWED)
    assert "are released on" not in told(milestone.contract.client_id)


def test_unproven_domain_does_not_pause_auto_release_and_is_requested(milestone: Milestone, clock: FixedClock) -> None:
    give(milestone, *GIVEN_BY_FREELANCER)
    hand_in(milestone, url="https://gym.example/")
    assert missing_for(milestone) == [Owed.DOMAIN]
    sweep(clock, START + 4 * DAY)
    assert "Nothing shows yet that it is live on your domain" in told(milestone.contract.client_id)
    sweep(clock, START + 7 * DAY)
    assert milestone.state == "auto_released"


def test_approval_lists_missing_items_and_needs_waiver_of_each(milestone: Milestone) -> None:
    hand_in(milestone, url="https://gym.example/")
    client = milestone.contract.client
    for without in ((), GIVEN_BY_FREELANCER, (Owed.DOMAIN,)):
        with pytest.raises(Invalid, match="Still missing"):
            approve(client, milestone, START, without)
        assert milestone.hold.state == "held"
    approve(client, milestone, START, tuple(Owed))
    assert milestone.state == "released"
    noted = db.session.scalars(select(ContractEvent.sentence).where(ContractEvent.kind == "waived")).one()
    assert "Source, Credentials, Licence and credits, Proof of your domain" in noted


def test_provided_items_need_no_waiver(milestone: Milestone) -> None:
    give(milestone, *GIVEN_BY_FREELANCER)
    hand_in(milestone)
    approve(milestone.contract.client, milestone, START, (Owed.DOMAIN,))
    assert milestone.state == "released"


def test_waiver_starts_auto_release_for_its_milestone_only(context: None, clock: FixedClock) -> None:
    contract = make_contract(TWO_STEPS, handed_over=False)
    first, second = (hand_in(pay_for(one)) for one in contract.standing)
    waive(contract.client, first, GIVEN_BY_FREELANCER, START + DAY)
    db.session.commit()
    assert (first.auto_release_at, second.pause) == (START + 8 * DAY, Pause.OWED)
    sweep(clock, START + 30 * DAY)
    assert (first.state, second.state) == ("auto_released", "submitted")


def test_only_client_waives_and_must_name_an_item(milestone: Milestone) -> None:
    hand_in(milestone)
    with pytest.raises(NotAllowed):
        waive(milestone.contract.freelancer, milestone, GIVEN_BY_FREELANCER, START)
    with pytest.raises(Invalid):
        waive(milestone.contract.client, milestone, (), START)


def test_no_waiver_before_submission(milestone: Milestone) -> None:
    with pytest.raises(Conflict):
        waive(milestone.contract.client, milestone, GIVEN_BY_FREELANCER, START)


@pytest.mark.parametrize("handed_in_before", [True, False])
def test_submission_sets_no_auto_release_while_bank_froze_money(
    milestone: Milestone, clock: FixedClock, handed_in_before: bool
) -> None:
    give(milestone, *GIVEN_BY_FREELANCER)
    if handed_in_before:
        hand_in(milestone)
    open_chargeback(milestone.hold)
    db.session.commit()
    sweep(clock, START + DAY)
    submit_work(milestone.contract.freelancer, milestone, "Again.", "", START + DAY)
    db.session.commit()
    assert (milestone.pause, milestone.auto_release_at) == (Pause.BANK, None)
    planned = {one.what for one in deadlines_of(milestone.contract)}
    assert What.AUTO_RELEASE not in planned
    close_chargeback(milestone.hold, START + 9 * DAY, lost=False)
    db.session.commit()
    sweep(clock, START + 9 * DAY)
    assert (milestone.pause, milestone.auto_release_at) == (Pause.NONE, START + 16 * DAY)


@pytest.mark.parametrize("state", ["funded", "submitted", "changes_requested"])
def test_chargeback_is_nobodys_turn_and_no_site_problem(milestone: Milestone, clock: FixedClock, state: str) -> None:
    if state != "funded":
        hand_in(milestone)
    if state == "changes_requested":
        ask_for_changes(milestone.contract.client, milestone, "More.", START)
    open_chargeback(milestone.hold)
    db.session.commit()
    sweep(clock, START + DAY)
    step = next_step(milestone.contract, None)
    assert step is not None
    assert (milestone.state, step.side, step.act) == (state, "", "")
    assert step.waiting == "for the client’s bank to decide on the payment for “The whole work”"
    assert "bank disputes the payment" in pause_words(milestone)


def test_every_pause_has_text(milestone: Milestone) -> None:
    for one in Pause:
        milestone.pause, milestone.pause_evidence = one, "it"
        assert bool(pause_words(milestone)) == bool(one)


def test_same_pause_reason_is_notified_once(milestone: Milestone, clock: FixedClock) -> None:
    hand_in(milestone)
    for day in range(3):
        submit_work(milestone.contract.freelancer, milestone, "Again.", "", START + day * DAY)
    db.session.commit()
    assert told(milestone.contract.client_id).count("Release by silence is paused") == 1


def test_chargeback_is_notified_once_despite_other_actions(milestone: Milestone, clock: FixedClock) -> None:
    give(milestone, *GIVEN_BY_FREELANCER)
    hand_in(milestone)
    open_chargeback(milestone.hold)
    db.session.commit()
    sweep(clock, START + DAY)
    ask_for_changes(milestone.contract.client, milestone, "More.", START + DAY)
    submit_work(milestone.contract.freelancer, milestone, "Again.", "", START + 2 * DAY)
    db.session.commit()
    paused = select(ContractEvent).where(ContractEvent.kind == "paused")
    assert len(db.session.scalars(paused).all()) == 1
    assert told(milestone.contract.client_id).count("Release by silence is paused") == 1


def test_reminders_due_together_are_sent_once(milestone: Milestone, clock: FixedClock) -> None:
    hand_in(milestone)
    sweep(clock, START + 6 * DAY)
    assert told(milestone.contract.freelancer_id).count("Missing for “The whole work”") == 1
