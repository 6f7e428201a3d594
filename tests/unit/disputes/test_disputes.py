"""Disputes by example: what each step does to the dispute, the milestone, the contract and the money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from marketplace.contracts.models import Deadline, Milestone
from marketplace.contracts.services.sweeping import do_due
from marketplace.contracts.services.working import submit_work
from marketplace.contracts.states import Pause
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.storage import FileStore
from marketplace.core.uploads import accept_file
from marketplace.disputes.models import Dispute
from marketplace.disputes.services.arguing import bring_file, say
from marketplace.disputes.services.opening import DisputeDays, open_dispute, withdraw_dispute
from marketplace.disputes.services.proposing import accept_split, decline_split, propose_split, take_back_split
from marketplace.disputes.services.ruling import appeal, rule
from marketplace.disputes.states import DisputeOutcome
from marketplace.moderation.models import AuditEntry
from marketplace.payments.models import LedgerEntry
from marketplace.payments.services.settlement import close_chargeback, open_chargeback
from tests.support.contracts import TWO_STEPS, approve, hand_in, make_contract, pay_for
from tests.support.disputes import REASONS, answered, appealed, make_dispute, other_of, ruled
from tests.support.factories import START, make_user

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)
Sweep = Callable[[datetime], int]


def standing(dispute: Dispute) -> tuple[str, str, str, str]:
    milestone = dispute.milestone
    assert milestone.hold
    return dispute.state, milestone.state, milestone.contract.state, milestone.hold.state


def test_opening_freezes_the_money_and_asks_the_other_side() -> None:
    dispute = make_dispute()
    assert standing(dispute) == ("open", "disputed", "disputed", "frozen")
    assert (dispute.deadline, dispute.due_at) == (START + 7 * DAY, START + 7 * DAY)
    assert [one.kind for one in dispute.statements] == ["opening"]


@pytest.mark.parametrize("by", ["client", "freelancer"])
def test_either_side_opens_one_about_money_that_is_held(by: str) -> None:
    assert make_dispute(pay_for(make_contract().milestones[0]), by=by).state_before == "funded"


def test_nothing_is_disputed_that_is_not_paid_for_or_is_settled() -> None:
    milestone = make_contract().milestones[0]
    client = milestone.contract.client
    for _ in range(2):
        with pytest.raises(Conflict):
            open_dispute(client, milestone, "It is late.", DisputeDays(), START)
        if milestone.state == "planned":
            approve(client, hand_in(milestone), START)


def test_opening_twice_is_one_dispute_and_the_other_side_answers_there() -> None:
    dispute = make_dispute()
    milestone, client = dispute.milestone, dispute.opener
    assert open_dispute(client, milestone, "Again.", DisputeDays(), START) is dispute
    with pytest.raises(Conflict):
        open_dispute(other_of(dispute), milestone, "Me too.", DisputeDays(), START)


def test_only_the_two_sides_open_one_and_with_words() -> None:
    milestone = hand_in(make_contract().milestones[0])
    with pytest.raises(NotAllowed):
        open_dispute(make_user("admin"), milestone, "Me.", DisputeDays(), START)
    with pytest.raises(Invalid):
        open_dispute(milestone.contract.client, milestone, "  ", DisputeDays(), START)


def test_while_it_runs_nothing_is_handed_in_approved_or_released_by_silence(clock: FixedClock) -> None:
    dispute = make_dispute()
    milestone, contract = dispute.milestone, dispute.milestone.contract
    with pytest.raises(Conflict):
        approve(contract.client, milestone, START)
    with pytest.raises(Conflict):
        submit_work(contract.freelancer, milestone, "More.", "", START)
    db.session.rollback()
    clock.moment = START + 60 * DAY
    while do_due(clock.now):
        pass
    assert milestone.state == "disputed"
    assert not db.session.scalar(
        select(func.count()).where(Deadline.what == "auto_release", Deadline.due_at.is_not(None))
    )


def test_other_milestones_go_on() -> None:
    contract = make_contract(TWO_STEPS)
    design, build = contract.standing
    dispute = make_dispute(hand_in(design))
    hand_in(build)
    approve(contract.client, build, START)
    assert (build.state, contract.state) == ("released", "disputed")
    propose_split(contract.client, dispute, 0, "", START)
    accept_split(contract.freelancer, dispute, dispute.proposals[0].id, START)
    assert (design.state, contract.state) == ("refunded", "completed")


def test_an_answer_stops_the_clock_and_waits_for_an_admin(sweep: Sweep) -> None:
    dispute = answered(make_dispute())
    assert (dispute.state, dispute.deadline) == ("answered", None)
    assert sweep(START + 30 * DAY) == 0


def test_silence_is_no_reply_once_and_a_late_answer_still_counts(sweep: Sweep) -> None:
    dispute = make_dispute()
    assert sweep(START + 7 * DAY - timedelta(seconds=1)) == 0
    assert (sweep(START + 7 * DAY), sweep(START + 8 * DAY)) == (1, 0)
    assert dispute.state == "no_reply"
    assert answered(dispute, START + 9 * DAY).state == "answered"


def test_the_openers_words_are_no_answer() -> None:
    dispute = make_dispute()
    say(dispute.opener, dispute, "One more thing.", START)
    assert dispute.state == "open"


def test_files_are_kept_once_and_counted(tmp_path) -> None:
    dispute, files = make_dispute(), FileStore(tmp_path)
    upload = accept_file("note.txt", b"The prices page is missing.")
    first = bring_file(dispute.opener, dispute, upload, files, START)
    assert bring_file(dispute.opener, dispute, upload, files, START) is first
    for number in range(9):
        bring_file(dispute.opener, dispute, accept_file("a.txt", f"Page {number}".encode()), files, START)
    with pytest.raises(Invalid):
        bring_file(dispute.opener, dispute, accept_file("a.txt", b"One too many"), files, START)
    assert bring_file(other_of(dispute), dispute, upload, files, START) is not first


@pytest.mark.parametrize(
    ("to_freelancer", "state", "fee"), [(290_000, "released", 14_500), (0, "refunded", 0), (100_001, "split", 5_000)]
)
def test_an_accepted_split_settles_at_once(to_freelancer: int, state: str, fee: int) -> None:
    dispute = make_dispute()
    proposal = propose_split(dispute.opener, dispute, to_freelancer, "Let us part.", START)
    accept_split(other_of(dispute), dispute, proposal.id, START)
    accept_split(other_of(dispute), dispute, proposal.id, START)
    money = dispute.milestone.hold
    assert (dispute.state, dispute.milestone.state, money.state) == ("settled", state, state)
    assert (money.released, money.refunded, money.fee) == (to_freelancer, 290_000 - to_freelancer, fee)


def test_proposals_are_declined_taken_back_and_replaced() -> None:
    dispute = make_dispute()
    client, freelancer = dispute.opener, other_of(dispute)
    first = propose_split(client, dispute, 100, "", START)
    decline_split(freelancer, dispute, first.id, START)
    second = propose_split(client, dispute, 200, "", START)
    take_back_split(client, dispute, second.id, START)
    third = propose_split(client, dispute, 300, "", START)
    propose_split(freelancer, dispute, 400, "", START)
    assert [one.state for one in dispute.proposals] == ["declined", "taken_back", "replaced", "proposed"]
    with pytest.raises(Conflict):
        accept_split(freelancer, dispute, third.id, START)
    with pytest.raises(NotAllowed):
        accept_split(freelancer, dispute, dispute.proposals[-1].id, START)
    for amount in (-1, 290_001):
        with pytest.raises(Invalid):
            propose_split(client, dispute, amount, "", START)


def test_a_ruling_moves_money_only_when_its_time_for_an_appeal_is_over(sweep: Sweep) -> None:
    dispute = ruled(make_dispute(), "split", 90_000)
    assert standing(dispute) == ("ruled", "disputed", "disputed", "frozen")
    assert (sweep(START + 7 * DAY), sweep(START + 8 * DAY)) == (1, 0)
    assert standing(dispute) == ("final", "split", "completed", "split")
    assert (dispute.to_freelancer, dispute.milestone.hold.released) == (90_000, 90_000)


def test_an_appeal_goes_to_another_admin_whose_ruling_is_final_at_once(sweep: Sweep) -> None:
    first = make_user("admin", name="Ann Admin")
    dispute = appealed(ruled(make_dispute(), "release", admin=first))
    assert (dispute.state, dispute.deadline) == ("appealed", None)
    assert sweep(START + 30 * DAY) == 0
    with pytest.raises(NotAllowed):
        rule(first, dispute, DisputeOutcome.RELEASE, 0, REASONS + " Still.", START, START)
    ruled(dispute, "refund", admin=make_user("admin", name="Bea Admin"))
    assert standing(dispute) == ("final", "refunded", "cancelled", "refunded")
    audit = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "dispute")))
    assert audit == ["rule", "rule_on_appeal"]


def test_one_appeal_in_time_by_a_side(sweep: Sweep) -> None:
    dispute = ruled(make_dispute())
    with pytest.raises(NotAllowed):
        appeal(make_user("admin"), dispute, "No.", START)
    with pytest.raises(Conflict):
        appeal(dispute.opener, dispute, "Too late.", START + 7 * DAY)
    with pytest.raises(Invalid):
        appeal(dispute.opener, dispute, " ", START)
    appealed(dispute)
    appeal(dispute.opener, dispute, "A second click.", START)
    with pytest.raises(Conflict):
        appeal(other_of(dispute), dispute, "I appeal too.", START)
    assert [one.kind for one in dispute.statements].count("appeal") == 1


@pytest.mark.parametrize(
    ("outcome", "amount", "reasons", "field"),
    [
        ("release", 0, "Because.", "reasons"),
        ("split", 0, REASONS, "to_freelancer"),
        ("split", 290_000, REASONS, "to_freelancer"),
        ("split", -5, REASONS, "to_freelancer"),
    ],
)
def test_a_ruling_needs_reasons_and_a_split_a_part_for_each(
    outcome: str, amount: int, reasons: str, field: str
) -> None:
    dispute = answered(make_dispute())
    with pytest.raises(Invalid) as refusal:
        rule(make_user("admin"), dispute, DisputeOutcome(outcome), amount, reasons, START, START)
    assert refusal.value.field == field


def test_nobody_rules_too_early_on_something_unseen_or_on_their_own() -> None:
    dispute, admin = make_dispute(), make_user("admin")
    with pytest.raises(Conflict):
        rule(admin, dispute, DisputeOutcome.RELEASE, 0, REASONS, START, START)
    say(other_of(dispute), dispute, "It is all there.", START + DAY)
    with pytest.raises(Conflict):
        rule(admin, dispute, DisputeOutcome.RELEASE, 0, REASONS, START, START + DAY)
    for person in (dispute.opener, make_user("client"), make_user("admin", suspended_at=START)):
        with pytest.raises(NotAllowed):
            rule(person, dispute, DisputeOutcome.RELEASE, 0, REASONS, START + DAY, START + DAY)


def test_ruling_twice_alike_is_one_ruling() -> None:
    admin = make_user("admin")
    dispute = ruled(make_dispute(), admin=admin)
    again = rule(admin, dispute, DisputeOutcome.RELEASE, 0, REASONS, START, START)
    assert (again, len(dispute.rulings), dispute.state) == (dispute.rulings[0], 1, "ruled")


def test_withdrawn_the_milestone_goes_on_where_it_stood_with_its_time_anew() -> None:
    dispute = make_dispute()
    with pytest.raises(NotAllowed):
        withdraw_dispute(other_of(dispute), dispute, START)
    for _ in range(2):
        withdraw_dispute(dispute.opener, dispute, START + 2 * DAY)
    assert standing(dispute) == ("withdrawn", "submitted", "active", "held")
    assert dispute.milestone.auto_release_at == START + 9 * DAY
    approve(dispute.opener, dispute.milestone, START + 2 * DAY)
    assert dispute.milestone.hold.state == "released"


def test_after_a_ruling_nobody_withdraws_but_both_may_still_agree() -> None:
    dispute = ruled(make_dispute(), "release")
    with pytest.raises(Conflict):
        withdraw_dispute(dispute.opener, dispute, START)
    proposal = propose_split(other_of(dispute), dispute, 50_000, "", START)
    accept_split(dispute.opener, dispute, proposal.id, START)
    assert (dispute.state, dispute.milestone.hold.released) == ("settled", 50_000)


def test_a_bank_that_takes_the_money_back_ends_it(clock: FixedClock) -> None:
    dispute = ruled(make_dispute())
    money = dispute.milestone.hold
    open_chargeback(money)
    close_chargeback(money, START, lost=True)
    db.session.commit()
    while do_due(clock.now):
        pass
    db.session.expire_all()
    assert standing(dispute) == ("overtaken", "refunded", "cancelled", "refunded")


def test_a_bank_that_lets_it_stand_no_longer_pauses_what_goes_on_after_a_dispute(clock: FixedClock) -> None:
    dispute = make_dispute()
    milestone, money = dispute.milestone, dispute.milestone.hold
    milestone.pause = Pause.BANK  # from before the dispute
    open_chargeback(money)
    close_chargeback(money, START, lost=False)
    withdraw_dispute(dispute.opener, dispute, START)
    assert (milestone.state, milestone.pause, milestone.auto_release_at is not None) == ("submitted", "", True)


def test_while_the_bank_disputes_a_ruling_waits(sweep: Sweep) -> None:
    dispute = ruled(make_dispute())
    money = dispute.milestone.hold
    money.charge.dispute = "open"
    db.session.commit()
    assert sweep(START + 7 * DAY) == 1
    assert standing(dispute) == ("ruled", "disputed", "disputed", "frozen")
    assert dispute.due_at == START + 7 * DAY + timedelta(hours=6)
    money.charge.dispute = "won"
    db.session.commit()
    sweep(START + 8 * DAY)
    assert standing(dispute) == ("final", "released", "completed", "released")


@pytest.mark.parametrize("end", ["settle", "rule", "appeal", "withdraw"])
def test_every_outcome_is_one_ledger_movement_and_a_withdrawal_none(end: str, sweep: Sweep) -> None:
    dispute = make_dispute()
    before = db.session.scalar(select(func.count(LedgerEntry.id)))
    if end == "settle":
        accept_split(other_of(dispute), dispute, propose_split(dispute.opener, dispute, 5, "", START).id, START)
    elif end == "withdraw":
        withdraw_dispute(dispute.opener, dispute, START)
    else:
        ruled(dispute, "split", 7)
        if end == "appeal":
            ruled(appealed(dispute), "refund", admin=make_user("admin", name="Bea Admin"))
        sweep(START + 30 * DAY)
    moved = db.session.scalar(select(func.count(LedgerEntry.id))) - before
    assert moved == (0 if end == "withdraw" else 1)


def test_a_second_dispute_may_follow_one_that_was_withdrawn() -> None:
    dispute = make_dispute()
    withdraw_dispute(dispute.opener, dispute, START)
    again = make_dispute(db.session.get_one(Milestone, dispute.milestone_id), START + DAY)
    assert (again.id != dispute.id, again.state) == (True, "open")
