"""Who is faster: real threads with connections of their own, on one database; whatever happens, one legal outcome."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.awards.models import Award
from marketplace.awards.services import award_bid
from marketplace.bids.models import Bid
from marketplace.bids.services import withdraw_bid
from marketplace.core.database import db
from marketplace.core.errors import MarketplaceError
from marketplace.jobs.models import Job
from marketplace.jobs.services import cancel_job
from tests.support.factories import START, make_bid, make_job, make_user

THREADS = 8


def race(app: Flask, acts: list[Callable[[], object]]) -> list[str]:
    """Carry out all acts at the same moment, each in a thread and a transaction of its own; gives how each ended."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        with app.app_context():
            start.wait()
            try:
                act()
                db.session.commit()
            except MarketplaceError as refusal:
                db.session.rollback()
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


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
    """The job's state, its bids' states, and how many awards there are."""
    with app.app_context():
        states = db.session.scalars(select(Bid.state).order_by(Bid.state)).all()
        awards = db.session.scalar(select(func.count()).select_from(Award)) or 0
        return db.session.scalars(select(Job.state)).one(), list(states), awards


@pytest.mark.parametrize("attempt", range(3))
def test_eight_tabs_award_eight_bids_and_one_wins(app: Flask, bids: list[int], attempt: int) -> None:
    ends = race(app, [lambda bid_id=bid_id: award(bid_id) for bid_id in bids])
    assert sorted(ends) == ["Conflict"] * (THREADS - 1) + ["done"]
    assert outcome(app) == ("awarded", ["awarded"] + ["lapsed"] * (THREADS - 1), 1)


def test_eight_tabs_award_the_same_bid_and_all_see_it_won(app: Flask, bids: list[int]) -> None:
    assert race(app, [lambda: award(bids[0])] * THREADS) == ["done"] * THREADS
    assert outcome(app) == ("awarded", ["awarded"] + ["lapsed"] * (THREADS - 1), 1)


@pytest.mark.parametrize("attempt", range(4))
def test_award_against_withdrawal_has_one_winner(app: Flask, bids: list[int], attempt: int) -> None:
    bid = bids[0]
    ends = race(app, [lambda: award(bid), lambda: withdraw(bid)] * 4)
    with app.app_context():
        state = db.session.get_one(Bid, bid).state
    job, _, awards = outcome(app)
    if state == "awarded":
        assert (job, awards, ends[0::2], ends[1::2]) == ("awarded", 1, ["done"] * 4, ["Conflict"] * 4)
    else:
        assert (state, job, awards, ends[0::2]) == ("withdrawn", "open", 0, ["Conflict"] * 4)
        assert ends[1::2].count("done") == 1


@pytest.mark.parametrize("attempt", range(4))
def test_award_against_cancelling_has_one_winner(app: Flask, bids: list[int], attempt: int) -> None:
    def cancel() -> None:
        job = db.session.get_one(Bid, bids[0]).job
        cancel_job(job.client, job, "We lost our funding.", START)

    awarded, cancelled = race(app, [lambda: award(bids[0]), cancel])
    job, states, awards = outcome(app)
    if awarded == "done":
        assert (job, states.count("awarded"), awards) == ("awarded", 1, 1)
    else:
        assert (job, set(states), awards, cancelled) == ("cancelled", {"lapsed"}, 0, "done")
