"""Concurrent awards and rival actions in threads with their own connections have one legal outcome."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.bids.models import Bid
from marketplace.bids.offer import Offer
from marketplace.bids.services.writing import place_bid, save_draft, withdraw_bid
from marketplace.contracts.models import Award
from marketplace.contracts.services.awarding import award_bid
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.jobs.services.lifecycle import cancel_job, close_job
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.race import THREADS, app, race

pytestmark = pytest.mark.both_engines

__all__ = ["app"]
HALF = THREADS // 2
OFFER = Offer(290_000, 18, 6, "The hardest part is the waiting list: two people may press at once, so it is held.")


def award(bid_id: int) -> None:
    bid = db.session.get_one(Bid, bid_id)
    award_bid(bid.job.client, bid, bid.version, START)


def withdraw(bid_id: int) -> None:
    bid = db.session.get_one(Bid, bid_id)
    withdraw_bid(bid.freelancer, bid, START)


@pytest.fixture
def bids(app: Flask) -> list[int]:
    with app.app_context():
        job = make_job(make_user("client"))
        return [make_bid(job, make_user("freelancer")).id for _ in range(THREADS)]


def outcome(app: Flask) -> tuple[str, list[str], int]:
    """The job's state, its bids' states, and the number of awards."""
    with app.app_context():
        states = db.session.scalars(select(Bid.state).order_by(Bid.state)).all()
        awards = db.session.scalar(select(func.count()).select_from(Award)) or 0
        return db.session.scalars(select(Job.state)).one(), list(states), awards


def test_fifty_tabs_award_fifty_bids_and_one_wins(app: Flask, bids: list[int]) -> None:
    ends = race(app, lambda number: award(bids[number]))
    assert sorted(ends) == ["Conflict"] * (THREADS - 1) + ["done"]
    assert outcome(app) == ("awarded", ["awarded"] + ["lapsed"] * (THREADS - 1), 1)


def test_fifty_tabs_award_the_same_bid_and_all_see_it_won(app: Flask, bids: list[int]) -> None:
    assert race(app, lambda _: award(bids[0])) == ["done"] * THREADS
    assert outcome(app) == ("awarded", ["awarded"] + ["lapsed"] * (THREADS - 1), 1)


@pytest.mark.parametrize("attempt", range(3))
def test_award_races_withdrawal_with_one_winner(app: Flask, bids: list[int], attempt: int) -> None:
    bid = bids[0]
    ends = race(app, lambda _: award(bid), lambda _: withdraw(bid))
    with app.app_context():
        state = db.session.get_one(Bid, bid).state
    job, _, awards = outcome(app)
    if state == "awarded":
        assert (job, awards, ends[0::2], ends[1::2]) == ("awarded", 1, ["done"] * HALF, ["Conflict"] * HALF)
    else:
        assert (state, job, awards, ends[0::2]) == ("withdrawn", "open", 0, ["Conflict"] * HALF)
        assert ends[1::2].count("done") == 1


@pytest.mark.parametrize("attempt", range(3))
def test_award_races_cancellation_with_one_winner(app: Flask, bids: list[int], attempt: int) -> None:
    def cancel(_: int) -> None:
        job = db.session.get_one(Bid, bids[0]).job
        cancel_job(job.client, job, "We lost our funding.", START)

    ends = race(app, lambda _: award(bids[0]), cancel)
    job, states, awards = outcome(app)
    if job == "awarded":
        assert (states.count("awarded"), awards, set(ends[0::2])) == (1, 1, {"done"})
        assert "done" not in ends[1::2]
    else:
        assert (job, set(states), awards) == ("cancelled", {"lapsed"}, 0)
        assert "done" not in ends[0::2]
        assert ends[1::2].count("done") == 1


def test_no_bid_is_placed_after_concurrent_close(app: Flask) -> None:
    with app.app_context():
        job = make_job(make_user("client"))
        drafts = [save_draft(make_user("freelancer"), job, OFFER, START).id for _ in range(THREADS)]
        db.session.commit()
        job_id = job.id

    def place(number: int) -> None:
        bid = db.session.get_one(Bid, drafts[number])
        place_bid(bid.freelancer, bid, START)

    def close(_: int) -> None:
        job = db.session.get_one(Job, job_id)
        close_job(job.client, job, START)

    ends = race(app, place, place, place, place, close)
    job_state, states, _ = outcome(app)
    placed = [end for number, end in enumerate(ends) if number % 5 != 4].count("done")
    assert (job_state, ends[4::5].count("done")) == ("closed", 1)
    assert states.count("submitted") == placed
    with app.app_context():
        assert db.session.get_one(Job, job_id).bid_count == placed
