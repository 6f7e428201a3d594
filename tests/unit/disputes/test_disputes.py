"""Effects of each step on dispute, milestone, contract and money."""

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


def test_opening_freezes_money_and_asks_other_side() -> None:
    dispute = make_dispute()
    assert standing(dispute) == ("open", "disputed", "disputed", "frozen")
    assert (dispute.deadline, dispute.due_at) == (START + 7 * DAY, START + 7 * DAY)
    assert [one.kind for one in dispute.statements] == ["opening"]


@pytest.mark.parametrize("by", ["client", "freelancer"])
def test_either_side_may_dispute_held_money(by: str) -> None:
    assert make_dispute(pay_for(make_contract().milestones[0]), by=by).state_before == "funded"


def test_unpaid_and_settled_milestones_cannot_be_disputed() -> None:
    milestone = make_contract().milestones[0]
    client = milestone.contract.client
    for _ in range(2):
        with pytest.raises(Conflict):
            open_dispute(client, milestone, "It is late.", DisputeDays(), START)
        if milestone.state == "planned":
            approve(client, hand_in(milestone), START)


def test_opening_twice_is_one_dispute_and_other_side_is_sent_there() -> None:
    dispute = make_dispute()
    milestone, client = dispute.milestone, dispute.opener
    assert open_dispute(client, milestone, "Again.", DisputeDays(), START) is dispute
    with pytest.raises(Conflict):
        open_dispute(other_of(dispute), milestone, "Me too.", DisputeDays(), START)


def test_only_sides_open_dispute_and_must_give_reason() -> None:
    milestone = hand_in(make_contract().milestones[0])
    with pytest.raises(NotAllowed):
        open_dispute(make_user("admin"), milestone, "Me.", DisputeDays(), START)
    with pytest.raises(Invalid):
        open_dispute(milestone.contract.client, milestone, "  ", DisputeDays(), START)


def test_running_dispute_blocks_submission_approval_and_auto_release(clock: FixedClock) -> None:
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


def test_other_milestones_continue_during_dispute() -> None:
    contract = make_contract(TWO_STEPS)
    design, build = contract.standing
    dispute = make_dispute(hand_in(design))
    hand_in(build)
    approve(contract.client, build, START)
    assert (build.state, contract.state) == ("released", "disputed")
    propose_split(contract.client, dispute, 0, "", START)
    accept_split(contract.freelancer, dispute, dispute.proposals[0].id, START)
    assert (design.state, contract.state) == ("refunded", "completed")


def test_answer_stops_deadline_and_waits_for_admin(sweep: Sweep) -> None:
    dispute = answered(make_dispute())
    assert (dispute.state, dispute.deadline) == ("answered", None)
    assert sweep(START + 30 * DAY) == 0


def test_missing_answer_is_recorded_once_and_late_answer_counts(sweep: Sweep) -> None:
    dispute = make_dispute()
    assert sweep(START + 7 * DAY - timedelta(seconds=1)) == 0
    assert (sweep(START + 7 * DAY), sweep(START + 8 * DAY)) == (1, 0)
    assert dispute.state == "no_reply"
    assert answered(dispute, START + 9 * DAY).state == "answered"


def test_statement_by_opener_is_no_answer() -> None:
    dispute = make_dispute()
    say(dispute.opener, dispute, "One more thing.", START)
    assert dispute.state == "open"


def test_files_are_deduplicated_and_limited(tmp_path) -> None:
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
def test_accepted_split_settles_at_once(to_freelancer: int, state: str, fee: int) -> None:
    dispute = make_dispute()
    proposal = propose_split(dispute.opener, dispute, to_freelancer, "Let us part.", START)
    accept_split(other_of(dispute), dispute, proposal.id, START)
    accept_split(other_of(dispute), dispute, proposal.id, START)
    money = dispute.milestone.hold
    assert (dispute.state, dispute.milestone.state, money.state) == ("settled", state, state)
    assert (money.released, money.refunded, money.fee) == (to_freelancer, 290_000 - to_freelancer, fee)


def test_splits_are_declined_withdrawn_and_replaced() -> None:
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


def test_ruling_moves_money_after_appeal_period(sweep: Sweep) -> None:
    dispute = ruled(make_dispute(), "split", 90_000)
    assert standing(dispute) == ("ruled", "disputed", "disputed", "frozen")
    assert (sweep(START + 7 * DAY), sweep(START + 8 * DAY)) == (1, 0)
    assert standing(dispute) == ("final", "split", "completed", "split")
    assert (dispute.to_freelancer, dispute.milestone.hold.released) == (90_000, 90_000)


def test_appeal_goes_to_another_admin_whose_ruling_is_final(sweep: Sweep) -> None:
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


def test_only_a_side_appeals_once_and_in_time(sweep: Sweep) -> None:
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
def test_ruling_needs_reasons_and_split_needs_two_parts(outcome: str, amount: int, reasons: str, field: str) -> None:
    dispute = answered(make_dispute())
    with pytest.raises(Invalid) as refusal:
        rule(make_user("admin"), dispute, DisputeOutcome(outcome), amount, reasons, START, START)
    assert refusal.value.field == field


def test_no_ruling_too_early_on_unseen_state_or_by_a_side() -> None:
    dispute, admin = make_dispute(), make_user("admin")
    with pytest.raises(Conflict):
        rule(admin, dispute, DisputeOutcome.RELEASE, 0, REASONS, START, START)
    say(other_of(dispute), dispute, "It is all there.", START + DAY)
    with pytest.raises(Conflict):
        rule(admin, dispute, DisputeOutcome.RELEASE, 0, REASONS, START, START + DAY)
    for person in (dispute.opener, make_user("client"), make_user("admin", suspended_at=START)):
        with pytest.raises(NotAllowed):
            rule(person, dispute, DisputeOutcome.RELEASE, 0, REASONS, START + DAY, START + DAY)


def test_repeated_ruling_is_one_ruling() -> None:
    admin = make_user("admin")
    dispute = ruled(make_dispute(), admin=admin)
    again = rule(admin, dispute, DisputeOutcome.RELEASE, 0, REASONS, START, START)
    assert (again, len(dispute.rulings), dispute.state) == (dispute.rulings[0], 1, "ruled")


def test_withdrawal_restores_milestone_and_restarts_auto_release_time() -> None:
    dispute = make_dispute()
    with pytest.raises(NotAllowed):
        withdraw_dispute(other_of(dispute), dispute, START)
    for _ in range(2):
        withdraw_dispute(dispute.opener, dispute, START + 2 * DAY)
    assert standing(dispute) == ("withdrawn", "submitted", "active", "held")
    assert dispute.milestone.auto_release_at == START + 9 * DAY
    approve(dispute.opener, dispute.milestone, START + 2 * DAY)
    assert dispute.milestone.hold.state == "released"


def test_no_withdrawal_after_ruling_but_split_is_possible() -> None:
    dispute = ruled(make_dispute(), "release")
    with pytest.raises(Conflict):
        withdraw_dispute(dispute.opener, dispute, START)
    proposal = propose_split(other_of(dispute), dispute, 50_000, "", START)
    accept_split(dispute.opener, dispute, proposal.id, START)
    assert (dispute.state, dispute.milestone.hold.released) == ("settled", 50_000)


def test_lost_chargeback_ends_dispute(clock: FixedClock) -> None:
    dispute = ruled(make_dispute())
    money = dispute.milestone.hold
    open_chargeback(money)
    close_chargeback(money, START, lost=True)
    db.session.commit()
    while do_due(clock.now):
        pass
    db.session.expire_all()
    assert standing(dispute) == ("overtaken", "refunded", "cancelled", "refunded")


def test_won_chargeback_does_not_pause_milestone_after_dispute(clock: FixedClock) -> None:
    dispute = make_dispute()
    milestone, money = dispute.milestone, dispute.milestone.hold
    milestone.pause = Pause.BANK  # set before the dispute
    open_chargeback(money)
    close_chargeback(money, START, lost=False)
    withdraw_dispute(dispute.opener, dispute, START)
    assert (milestone.state, milestone.pause, milestone.auto_release_at is not None) == ("submitted", "", True)


def test_ruling_waits_during_chargeback(sweep: Sweep) -> None:
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
def test_every_outcome_is_booked_once_and_withdrawal_never(end: str, sweep: Sweep) -> None:
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


def test_new_dispute_may_follow_withdrawn_one() -> None:
    dispute = make_dispute()
    withdraw_dispute(dispute.opener, dispute, START)
    again = make_dispute(db.session.get_one(Milestone, dispute.milestone_id), START + DAY)
    assert (again.id != dispute.id, again.state) == (True, "open")
