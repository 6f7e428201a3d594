"""The sweep over real rows: what it flags, once, and how little it reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts import models as accounts
from marketplace.accounts.models import User
from marketplace.accounts.services.signals import note_signals
from marketplace.bids.models import Bid, RankSnapshot
from marketplace.contracts.models import Award
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.moderation.models import Flag, FlagBid
from marketplace.moderation.noticing.sweep import BATCH, notice, notice_moves
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.queries import counted_queries
from tests.unit.moderation.test_notes import OWN, TEXT

pytestmark = pytest.mark.both_engines

LATER = START + timedelta(minutes=10)
OLD = START - timedelta(days=300)


def flags(rule: str = "") -> Sequence[Flag]:
    return db.session.scalars(select(Flag).where(Flag.rule == rule if rule else True).order_by(Flag.id)).all()


def evidence(flag: Flag) -> list[int]:
    return sorted(db.session.scalars(select(FlagBid.bid_id).where(FlagBid.flag_id == flag.id)))


def together(*people: User, at: datetime = START) -> None:
    """Make these people use one browser."""
    for person in people:
        note_signals(person.id, {"device": "one"}, "s" * 40, at)
    db.session.commit()


@pytest.fixture
def job(app: Flask) -> Any:
    with app.app_context():
        yield make_job(make_user("client", created_at=OLD))


def test_clean_market_raises_no_flag(job: Job) -> None:
    make_bid(job, make_user("freelancer"))
    assert notice(LATER) == 0


def test_linked_bidders_are_flagged_once_with_both_bids(job: Job) -> None:
    one, other = make_user("freelancer"), make_user("freelancer", created_at=OLD)
    bids = sorted(make_bid(job, person, note=text, rank=rank).id for person, text, rank in
                  ((one, OWN, 3), (other, TEXT, 9)))  # fmt: skip
    together(one, other)
    assert (notice(LATER), notice(LATER)) == (1, 0)
    (flag,) = flags()
    assert (flag.rule, flag.job_id, evidence(flag)) == ("linked_bids", job.id, bids)
    assert "the same browser" in flag.sentence


def test_pair_on_many_jobs_is_one_flag_until_decided(job: Job) -> None:
    one, other = make_user("freelancer"), make_user("freelancer")
    for number in range(3):
        met = make_job(job.client)
        for at, person in enumerate((one, other)):
            make_bid(met, person, submitted_at=START - timedelta(days=1 + number + 5 * at))
    together(one, other)
    notice(LATER)
    (flag,) = flags("linked_bids")
    assert flag.sentence.endswith("They meet on 3 jobs.")
    assert len(evidence(flag)) == 6
    flag.state, flag.decided_at = "fine", LATER
    assert notice(LATER) == 0
    for at, person in enumerate((one, other)):
        make_bid(job, person, submitted_at=START - timedelta(days=20 + at))
    assert notice(LATER) == 1


def test_group_in_front_is_a_rank_anomaly(job: Job) -> None:
    people = [make_user("freelancer") for _ in range(3)]
    for rank, person in enumerate(people, 2):
        make_bid(job, person, rank=rank, note=f"{OWN} {rank}", submitted_at=START - timedelta(days=rank))
    together(*people)
    notice(LATER)
    (flag,) = flags("linked_places")
    assert flag.sentence == "One linked group holds the places 2, 3, 4 of this job."
    assert len(evidence(flag)) == 3
    assert len(flags("linked_bids")) == 3


def test_bid_placed_before_link_to_client_was_known_is_flagged(job: Job) -> None:
    bidder = make_user("freelancer")
    bid = make_bid(job, bidder)
    together(bidder, job.client)
    notice(LATER)
    (flag,) = flags()
    assert flag.sentence == "A bidder’s account is linked to the client’s: the same browser signed in to both."
    assert evidence(flag) == [bid.id]


def test_linked_accounts_on_decided_jobs_or_seen_long_ago_are_ignored(job: Job) -> None:
    for state, seen in (("awarded", START), ("open", START - timedelta(days=3))):
        one, other = make_user("freelancer"), make_user("freelancer")
        done = make_job(make_user("client"), state=state)
        for person in (one, other):
            make_bid(done, person, submitted_at=START - timedelta(days=9))
            note_signals(person.id, {"device": state}, "s" * 40, seen)
    db.session.commit()
    assert notice(LATER) == 0


def test_note_burst_is_one_flag_that_grows_while_waiting(job: Job) -> None:
    for at in range(3):
        make_bid(job, make_user("freelancer"), note=TEXT, submitted_at=START + timedelta(minutes=at))
    make_bid(job, make_user("freelancer"), note=OWN)
    assert notice(START + timedelta(minutes=5)) == 1
    make_bid(job, make_user("freelancer"), note=TEXT, submitted_at=START + timedelta(minutes=6))
    assert notice(START + timedelta(minutes=10)) == 0
    (flag,) = flags("note_burst")
    assert flag.sentence == "4 near-identical cover notes within an hour, from 4 accounts, on one job."
    assert len(evidence(flag)) == 4


def test_after_decision_only_new_burst_is_flagged(job: Job) -> None:
    for at in range(3):
        make_bid(job, make_user("freelancer"), note=TEXT, submitted_at=START + timedelta(minutes=at))
    notice(START + timedelta(minutes=5))
    (flag,) = flags()
    flag.state, flag.decided_at = "fine", START + timedelta(minutes=6)
    make_bid(job, make_user("freelancer"), note=TEXT, submitted_at=START + timedelta(minutes=7))
    assert notice(START + timedelta(minutes=10)) == 0
    for at in (11, 12):
        make_bid(job, make_user("freelancer"), note=TEXT, submitted_at=START + timedelta(minutes=at))
    assert notice(START + timedelta(minutes=15)) == 1
    assert len(evidence(flags()[-1])) == 3


def test_one_account_on_many_jobs_is_found_after_long_pause(app: Flask, job: Job) -> None:
    sender = make_user("freelancer")
    for at in range(5):
        make_bid(make_job(job.client), sender, note=TEXT, submitted_at=START + timedelta(minutes=at))
    assert notice(START + timedelta(hours=5)) == 1
    assert "from one account, on 5 jobs" in flags()[0].sentence


def snapshot(job: Job, scores: dict[int, int], at: datetime = START, **moved: Any) -> None:
    bids = [{"id": str(bid), "price": 9, "days": 9, "go_live_hours": None, "match": 0.1, "prototype": None}
            for bid in scores]  # fmt: skip
    bids[0].update(moved)
    order = [{"id": str(bid), "score": score} for bid, score in sorted(scores.items(), key=lambda one: -one[1])]
    db.session.add(
        RankSnapshot(job_id=job.id, created_at=at, weights="v1", facts={"job": {}, "bids": bids}, order=order, best={})
    )
    db.session.commit()


def ranked_bids(job: Job) -> list[int]:
    return [make_bid(job, make_user("freelancer"), submitted_at=OLD).id for _ in range(8)]


def test_odd_move_between_snapshots_is_flagged_with_its_bid(job: Job) -> None:
    ids = ranked_bids(job)
    scores = {bid: 1_000 * at for at, bid in enumerate(ids)}
    snapshot(job, scores)
    snapshot(job, scores | {ids[0]: 90_000}, match=0.9)
    assert notice(LATER) == 1
    (flag,) = flags()
    assert (flag.rule, flag.job_id, evidence(flag)) == ("fitted_profile", job.id, [ids[0]])
    assert notice(LATER) == 0


def test_settled_snapshot_is_read_once(job: Job) -> None:
    snapshot(job, dict.fromkeys(ranked_bids(job), 1), at=LATER)
    assert notice_moves(LATER) == (0, 0)
    assert notice_moves(LATER + timedelta(minutes=2)) == (1, 0)
    assert notice_moves(LATER + timedelta(minutes=3)) == (0, 0)


def test_snapshot_batch_takes_fixed_number_of_queries(job: Job) -> None:
    for at, bid in enumerate(ranked_bids(job) * 3):
        snapshot(job, {bid: at})
    with counted_queries() as statements:
        assert notice_moves(LATER) == (BATCH, 0)
    assert len(statements) == 5


def praise(person: User, *hours: int) -> None:
    for hour in hours:
        words = accounts.Testimonial(user_id=person.id, invited_email="c@example.com", invited_at=OLD, text="Good.")
        words.written_at = START - timedelta(hours=hour)
        db.session.add(words)
    db.session.commit()


def test_praise_burst_is_flagged_and_praise_over_weeks_is_not(job: Job) -> None:
    praised, steady = make_user("freelancer"), make_user("freelancer")
    praise(praised, 1, 2, 3)
    praise(steady, 1, 300, 600)
    notice(LATER)
    (flag,) = flags()
    assert (flag.rule, flag.person_id) == ("praise_burst", praised.id)


def award(client: User, winner: User, rank: int) -> Award:
    job = make_job(client, state="awarded")
    bid = make_bid(job, winner, rank=rank, state="awarded", submitted_at=OLD)
    made = Award(job_id=job.id, bid_id=bid.id, awarded_by=client.id, awarded_at=START, price=1, currency="EUR")
    db.session.add(made)
    db.session.commit()
    return made


def test_same_low_ranked_winner_is_flagged_at_second_award(job: Job) -> None:
    winner, other = make_user("freelancer"), make_user("freelancer")
    award(job.client, winner, 9)
    award(job.client, other, 12)
    award(job.client, winner, 1)
    assert notice(LATER) == 0
    award(job.client, winner, 7)
    assert notice(LATER) == 1
    (flag,) = flags()
    assert flag.sentence == "This client chose this freelancer from the places 9, 1, 7, over time."


def test_winner_on_clients_network_is_flagged_unless_crowded(job: Job) -> None:
    winner = make_user("freelancer", created_at=OLD)
    for person in (winner, job.client):
        note_signals(person.id, {"address": "198.51.100.7"}, "s" * 40, START)
    award(job.client, winner, 1)
    notice(LATER)
    assert [flag.rule for flag in flags()] == ["shared_address"]
    for _ in range(3):
        note_signals(make_user().id, {"address": "198.51.100.7"}, "s" * 40, START)
    award(job.client, winner, 1)
    assert notice(LATER) == 0


def test_flood_of_one_note_is_one_flag(job: Job) -> None:
    sender = make_user("freelancer")
    for at in range(60):
        db.session.add(
            Bid(job_id=make_job(job.client).id, freelancer_id=sender.id, state="submitted", price=1, note=TEXT,
                created_at=START, updated_at=START, submitted_at=START + timedelta(seconds=at))
        )  # fmt: skip
    db.session.commit()
    assert notice(LATER) == 1
    assert db.session.scalar(select(func.count()).select_from(FlagBid)) == 60
    assert notice(LATER) == 0
