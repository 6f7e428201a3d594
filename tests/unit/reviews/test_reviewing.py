"""Reviews: who may write when, sealing, a single reveal, and kept versions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from marketplace.accounts.services.signals import note_signals
from marketplace.bids.models import Rescore
from marketplace.bids.services.rescoring import rescore_due
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.events import reviews_revealed
from marketplace.notifications.models import Notification
from marketplace.reviews.marks import Marks, is_positive
from marketplace.reviews.models import Review, ReviewRound, ReviewVersion
from marketplace.reviews.policy import may_see
from marketplace.reviews.queries import round_of
from marketplace.reviews.services.answering import reply_to, set_quoted
from marketplace.reviews.services.hiding import hide_review, restore_review
from marketplace.reviews.services.revealing import reveal_due
from marketplace.reviews.services.writing import correct_review
from tests.support.contracts import hand_in, make_contract, make_offer, sign_both
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.reviews import BAD, GOOD, complete, make_completed, make_reviewed, review, round_in

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)


def told(person: int) -> list[str]:
    mine = select(Notification.subject).where(Notification.user_id == person, Notification.kind == "review")
    return list(db.session.scalars(mine.order_by(Notification.id)))


def test_running_contract_has_no_review_round(app: Flask) -> None:
    with app.app_context():
        contract = make_contract()
        hand_in(contract.milestones[0])
        assert round_of(contract.id) is None


def test_completion_invites_both_for_fourteen_days(app: Flask) -> None:
    with app.app_context():
        contract = make_completed()
        assert round_in(contract).closes_at == START + 14 * DAY
        assert told(contract.client_id) == ["Your turn: review Fay Freelancer"]
        assert told(contract.freelancer_id) == ["Your turn: review Cleo Client"]


def test_pending_author_is_reminded_once_three_days_before_end(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        contract = make_completed()
        review(contract, "client")
        clock.moment = START + 11 * DAY
        assert [reveal_due(clock.now) for _ in range(2)] == [1, 0]
        assert told(contract.freelancer_id)[1:] == ["Your review of Cleo Client is still missing"]
        assert len(told(contract.client_id)) == 1
        assert round_in(contract).revealed_at is None
        clock.moment = START + 14 * DAY
        reveal_due(clock.now)
        assert round_in(contract).revealed_at == clock.moment


def test_first_review_stays_sealed_and_editable(app: Flask) -> None:
    with app.app_context():
        contract = make_completed()
        review(contract, "client")
        first = review(contract, "client", BAD, "On second thoughts.", START + DAY)
        assert (first.revealed_at, first.version, first.marks) == (None, 2, BAD)
        assert may_see(contract.client, first)
        assert not may_see(contract.freelancer, first)
        assert not may_see(make_user("admin"), first)
        assert not may_see(None, first)


def test_second_review_reveals_both_at_once(app: Flask) -> None:
    with app.app_context():
        contract = make_completed()
        first = review(contract, "client")
        second = review(contract, "freelancer", now=START + DAY)
        assert first.revealed_at == second.revealed_at == round_in(contract).revealed_at == START + DAY
        assert may_see(None, first)
        assert told(contract.freelancer_id)[-1] == "Cleo Client reviewed you for Booking site for a climbing gym"
        assert told(contract.client_id)[-1] == "Fay Freelancer reviewed you for Booking site for a climbing gym"


def test_after_fourteen_days_single_review_is_shown_and_round_closed(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        contract = make_completed()
        only = review(contract, "freelancer")
        clock.moment = START + 14 * DAY - timedelta(seconds=1)
        reveal_due(clock.now)
        assert round_in(contract).revealed_at is None
        clock.moment = START + 14 * DAY
        with pytest.raises(Conflict, match="over"):  # the clock decides, not the sweep
            review(contract, "client", now=clock.now())
        db.session.rollback()
        assert reveal_due(clock.now) == 1
        assert db.session.get_one(Review, only.id, populate_existing=True).revealed_at == clock.now()
        with pytest.raises(Conflict):
            review(contract, "client", now=clock.now())


def test_round_is_revealed_exactly_once(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        make_reviewed()
        make_completed()
        clock.moment = START + 20 * DAY
        shown: list[ReviewRound] = []

        def hear(round_: ReviewRound, **_: object) -> None:
            shown.append(round_)

        with reviews_revealed.connected_to(hear):
            assert [reveal_due(clock.now) for _ in range(3)] == [1, 0, 0]
        assert len(shown) == 1


def test_failed_round_is_retried_and_blocks_no_other(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        ids = [round_in(make_completed()).id for _ in range(2)]
        clock.moment = START + 14 * DAY

        def fail(round_: ReviewRound, **_: object) -> None:
            if round_.id == ids[0]:
                raise RuntimeError("the disk is full")

        with reviews_revealed.connected_to(fail):
            reveal_due(clock.now)
        open_rounds = select(ReviewRound.id).where(ReviewRound.revealed_at.is_(None))
        assert db.session.scalars(open_rounds).all() == [ids[0]]
        clock.moment += timedelta(minutes=5)
        reveal_due(clock.now)
        assert db.session.scalars(open_rounds).all() == []


def test_outsiders_and_suspended_people_cannot_review(app: Flask) -> None:
    with app.app_context():
        contract = make_completed()
        contract.client.suspended_at = START
        with pytest.raises(NotAllowed, match="Only client and freelancer"):
            review(contract, "client")


def test_linked_accounts_cannot_review_each_other(app: Flask) -> None:
    with app.app_context():
        contract = make_completed()
        for person_id in (contract.client_id, contract.freelancer_id):
            note_signals(person_id, {"device": "the same browser"}, "a key", START)
        with pytest.raises(NotAllowed, match="belong together"):
            review(contract, "client")


@pytest.mark.parametrize(
    ("marks", "text", "field"),
    [
        (Marks(0, 4, 4), "Fine.", "quality"),
        (Marks(4, 6, 4), "Fine.", "on_time"),
        (Marks(4, 4, -1), "Fine.", "contact"),
        (GOOD, "  \n ", "text"),
        (GOOD, "x" * 4_001, "text"),
    ],
)
def test_invalid_input_is_refused_at_its_field(app: Flask, marks: Marks, text: str, field: str) -> None:
    with app.app_context():
        contract = make_completed()
        with pytest.raises(Invalid) as refusal:
            review(contract, "client", marks, text)
        assert refusal.value.field == field


@pytest.mark.parametrize(
    ("marks", "positive"), [((4, 4, 4), True), ((5, 5, 2), True), ((5, 4, 2), False), ((1, 1, 1), False)]
)
def test_mean_of_four_is_positive(marks: tuple[int, int, int], positive: bool) -> None:
    assert is_positive(Marks(*marks)) is positive


def test_correction_changes_text_and_keeps_marks_and_earlier_text(app: Flask) -> None:
    with app.app_context():
        contract = make_reviewed()
        about_fay = db.session.scalars(select(Review).where(Review.about == "freelancer")).one()
        correct_review(contract.client, about_fay, "I mixed up the dates.", START + DAY)
        db.session.commit()
        assert (about_fay.text, about_fay.marks, about_fay.was_corrected) == ("I mixed up the dates.", GOOD, True)
        kept = [one.text for one in about_fay.versions]
        assert kept == ["Good work together, says the client.", "I mixed up the dates."]
        with pytest.raises(NotAllowed):
            correct_review(contract.freelancer, about_fay, "Best of all.", START + DAY)


def test_versions_cannot_be_changed_or_deleted(app: Flask) -> None:
    with app.app_context():
        make_reviewed()
        with pytest.raises(DatabaseError, match="kept for ever"):
            db.session.execute(ReviewVersion.__table__.update().values(text="Better."))


def test_only_reviewed_person_replies_once(app: Flask) -> None:
    with app.app_context():
        contract = make_completed()
        sealed = review(contract, "client")
        with pytest.raises(NotAllowed):
            reply_to(contract.freelancer, sealed, "Thanks.", START)
        review(contract, "freelancer")
        with pytest.raises(NotAllowed):
            reply_to(contract.client, sealed, "Thanks to me.", START)
        reply_to(contract.freelancer, sealed, "Thank you.", START)
        assert told(contract.client_id)[-1] == "Fay Freelancer replied to your review"
        with pytest.raises(Conflict):
            reply_to(contract.freelancer, sealed, "And another thing.", START)


def test_only_reviewed_person_makes_testimonial(app: Flask) -> None:
    with app.app_context():
        contract = make_reviewed()
        about_fay = db.session.scalars(select(Review).where(Review.about == "freelancer")).one()
        with pytest.raises(NotAllowed):
            set_quoted(contract.client, about_fay, quoted=True, now=START)
        set_quoted(contract.freelancer, about_fay, quoted=True, now=START)
        assert about_fay.quoted_at == START


def test_record_change_reranks_bidders_undecided_jobs(app: Flask, clock: FixedClock) -> None:
    """Completion, reveal and moderation each make the bidder's undecided jobs due; other jobs stay unchanged."""
    with app.app_context():
        fay, admin = make_user("freelancer", name="Fay Freelancer"), make_user("admin")
        undecided = make_bid(make_job(make_user("client")), fay).job_id
        other = make_bid(make_job(make_user("client")), make_user("freelancer")).job_id

        def due() -> list[int]:
            db.session.commit()
            jobs = list(db.session.scalars(select(Rescore.job_id).where(Rescore.due_at.is_not(None))))
            clock.moment += timedelta(minutes=1)
            while rescore_due(clock.now):
                continue
            return jobs

        due()
        contract = complete(sign_both(make_offer(make_bid(make_job(make_user("client")), fay))))
        assert undecided in due()
        review(contract, "client")
        assert due() == []  # sealed
        about_fay = review(contract, "freelancer").round.reviews[0]
        assert due() == [undecided]
        hide_review(admin, about_fay, "Insults.", clock.now())
        assert due() == [undecided]
        restore_review(admin, about_fay, clock.now())
        assert due() == [undecided]
        assert other not in due()
