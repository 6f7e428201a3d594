"""Reopened jobs: bidders are notified, nothing is disclosed, all bids are re-ranked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from marketplace.bids.cards import card_of
from marketplace.bids.models import Bid, RankSnapshot
from marketplace.bids.services.writing import edit_bid, offer_of, save_draft, withdraw_bid
from marketplace.contracts.queries import contract_of
from marketplace.contracts.services.awarding import award_bid
from marketplace.contracts.services.offering import withdraw_offer
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotAllowed
from marketplace.jobs.services.lifecycle import cancel_job, close_job, reopen_job
from marketplace.notifications.models import Notification
from marketplace.ranking.facts import read_facts
from marketplace.ranking.order import as_json, rank
from tests.support.closing import (
    CLOSES,
    DAY,
    HOUR,
    MINUTE,
    MISSED,
    bid_of,
    close,
    met,
    name_skills,
    rank_now,
    see,
)
from tests.support.factories import START
from tests.unit.bids.conftest import Market

pytestmark = pytest.mark.both_engines


def test_reopened_job_is_ranked_by_current_facts(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer, url="https://gym.example/")
    see(bid, START + MINUTE, MISSED)
    close(clock)
    see(bid, CLOSES + 20 * MINUTE)
    name_skills(market.freelancer, ["css", "python"])
    clock.moment = CLOSES + HOUR
    reopen_job(market.client, market.job, CLOSES + DAY, CLOSES + 2 * DAY, clock.now())
    db.session.commit()
    rank_now(market.job, clock)
    assert met(bid) == "2 of 2 met"
    assert "80 % of what the spec asks for" in str(bid.terms)
    assert card_of(bid, 2, {}).since is None


def test_early_close_sets_closing_moment(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer, url="https://gym.example/")
    see(bid, START + MINUTE, MISSED)
    clock.moment = START + DAY
    close_job(market.client, market.job, clock.now())
    db.session.commit()
    see(bid, START + DAY + MINUTE)
    assert "1 of 2 met" in str(rank_now(market.job, clock))


def test_cancelling_closed_job_keeps_closing_moment(market: Market, clock: FixedClock) -> None:
    bid_of(market.job, market.freelancer)
    clock.moment = START + DAY
    close_job(market.client, market.job, clock.now())
    cancel_job(market.client, market.job, "We build nothing this year.", START + 2 * DAY)
    assert market.job.closed_at == START + DAY


def told_bids(market: Market, clock: FixedClock) -> tuple[Bid, Bid]:
    """Two bids on a job that was awarded, then reopened after the client withdrew the offer."""
    won, lost = bid_of(market.job, market.freelancer), bid_of(market.job, market.rival, price=300_000)
    award = award_bid(market.client, won, won.version, START)
    contract = contract_of(award.id)
    assert contract
    withdraw_offer(market.client, contract, "We look again.", START + HOUR)
    reopen_job(market.client, market.job, CLOSES, CLOSES + DAY, START + 2 * HOUR)
    db.session.commit()
    clock.moment = START + 3 * HOUR
    return won, lost


def test_bidder_told_score_may_win_but_not_edit(market: Market, clock: FixedClock) -> None:
    _, lost = told_bids(market, clock)
    with pytest.raises(Conflict, match="told where this bid stood"):
        edit_bid(market.rival, lost, replace(offer_of(lost), price=100_000), clock.now())
    award = award_bid(market.client, lost, lost.version, clock.now())
    assert award.bid_id == lost.id


def test_bidder_told_score_cannot_place_another_bid(market: Market, clock: FixedClock) -> None:
    _, lost = told_bids(market, clock)
    withdraw_bid(market.rival, lost, clock.now())
    db.session.commit()
    with pytest.raises(NotAllowed, match="You know where the bid stood"):
        save_draft(market.rival, market.job, replace(offer_of(lost), price=100_000), clock.now())


def test_bidder_not_told_score_may_edit_after_reopening(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer)
    close(clock)
    reopen_job(market.client, market.job, CLOSES + DAY, CLOSES + 2 * DAY, clock.now())
    edit_bid(market.freelancer, bid, replace(offer_of(bid), price=100_000), clock.now())
    assert bid.price == 100_000


def test_reopening_notifies_every_bidder_without_ranks(market: Market, clock: FixedClock) -> None:
    told_bids(market, clock)
    told = db.session.scalars(select(Notification).where(Notification.dedupe_key.startswith("reopened:"))).all()
    assert {one.user_id for one in told} == {market.freelancer.id, market.rival.id}
    text = " ".join(one.subject + one.body for one in told)
    assert "takes bids again" in text
    assert "rank" not in text
    assert "points" not in text
    edited = select(Notification).where(Notification.dedupe_key.startswith("edited:"))
    assert db.session.scalars(edited).all() == [], "one mail a bidder, not two"


def test_stored_ranks_replay_across_closing_and_reopening(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer, url="https://gym.example/")
    see(bid, START + MINUTE, MISSED)
    rank_now(market.job, clock)
    close(clock)
    see(bid, CLOSES + 11 * MINUTE)
    rank_now(market.job, clock)
    reopen_job(market.client, market.job, CLOSES + DAY, CLOSES + 2 * DAY, CLOSES + HOUR)
    clock.moment = CLOSES + HOUR
    rank_now(market.job, clock)
    snapshots = db.session.scalars(select(RankSnapshot).order_by(RankSnapshot.id)).all()
    assert [snapshot.facts["bids"][0]["prototype"]["met"] for snapshot in snapshots][-1] == 2
    for snapshot in snapshots:
        assert as_json(rank(read_facts(snapshot.facts)))["order"] == snapshot.order
