"""Ranks use the facts known when bids closed; later events do not change them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.accounts.models import User
from marketplace.bids.cards import card_of
from marketplace.bids.models import Bid
from marketplace.bids.services.rescoring import rescore_due
from marketplace.bids.services.weighing import propose, use_weights
from marketplace.checker.requirements import Outcome
from marketplace.contracts.queries import contract_of
from marketplace.contracts.services.awarding import award_bid
from marketplace.contracts.services.offering import fall_through
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.jobs.services.editing import edit_job, spec_of
from marketplace.jobs.services.lifecycle import end_due
from marketplace.ranking.weights import CURRENT
from tests.support.closing import (
    BROKEN,
    CLOSES,
    DAY,
    HOUR,
    MINUTE,
    MISSED,
    REFUSED,
    UNKNOWN,
    bid_of,
    close,
    link_of,
    met,
    name_skills,
    rank_now,
    see,
)
from tests.support.examples import examples
from tests.support.factories import START, make_job, make_user
from tests.support.looks import check_fully, check_quickly, record_of
from tests.support.reviews import make_reviewed
from tests.unit.bids.conftest import Market

pytestmark = pytest.mark.both_engines


def test_page_fixed_after_closing_gains_no_points_and_card_says_so(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer, url="https://gym.example/")
    see(bid, START + MINUTE, MISSED)
    before = rank_now(market.job, clock)
    close(clock)
    see(bid, CLOSES + 5 * MINUTE)
    assert rank_now(market.job, clock) == before
    assert met(bid) == "1 of 2 met"
    since = card_of(bid, 2, {}, closed=True).since
    assert since
    assert (since.heading, since.words) == ("Improved since bids closed", "meets 2 of the 2 checks now, 1 then")


def test_page_that_dies_after_closing_loses_no_points_and_card_says_so(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer, url="https://gym.example/")
    see(bid, START + MINUTE)
    before = rank_now(market.job, clock)
    close(clock)
    for hour in (1, 2, 3):
        check_quickly(link_of(bid), CLOSES + hour * HOUR, BROKEN)
    clock.moment = CLOSES + 4 * HOUR
    assert rank_now(market.job, clock) == before
    since = card_of(bid, 2, {}, closed=True).since
    assert since
    assert (since.heading, since.words) == ("Worse since bids closed", "it is dead now")


def test_check_started_before_closing_counts_even_if_it_ends_later(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer, url="https://gym.example/")
    see(bid, START + MINUTE, MISSED)
    rank_now(market.job, clock)
    close(clock)
    check_quickly(link_of(bid), CLOSES + MINUTE, BROKEN, begun_at=CLOSES + timedelta(seconds=1))
    full = record_of(link_of(bid), CLOSES + 2 * MINUTE)
    check_fully(link_of(bid), CLOSES + 2 * MINUTE, full, begun_at=CLOSES - timedelta(seconds=1))
    rank_now(market.job, clock)
    assert met(bid) == "2 of 2 met"


@pytest.mark.parametrize("seconds", [0, 1])
def test_check_started_at_closing_or_later_does_not_count(market: Market, clock: FixedClock, seconds: int) -> None:
    bid = bid_of(market.job, market.freelancer, url="https://gym.example/")
    see(bid, START + MINUTE, MISSED)
    clock.moment = CLOSES + timedelta(seconds=seconds)
    see(bid, clock.now())
    assert "1 of 2 met" in str(rank_now(market.job, clock)), "the deadline decides, not the worker that closes the job"


def test_link_unchecked_at_closing_counts_by_its_first_check_only(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer, CLOSES - timedelta(seconds=1), url="https://gym.example/")
    close(clock)
    rank_now(market.job, clock)
    assert met(bid) == "not checked yet", "our queue costs nobody a point"
    check_quickly(link_of(bid), CLOSES + MINUTE, UNKNOWN)
    see(bid, CLOSES + 2 * MINUTE, MISSED)
    first = rank_now(market.job, clock)
    assert met(bid) == "1 of 2 met"
    see(bid, CLOSES + HOUR)
    assert rank_now(market.job, clock) == first


def test_requirement_added_just_before_closing_counts_by_its_first_check(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer, url="https://gym.example/")
    see(bid, START + MINUTE, MISSED)
    clock.moment = CLOSES - timedelta(seconds=1)
    lines = (*spec_of(market.job).requirements, ("page", "/contact"))
    spec = "Members book a slot in three taps, and see which slots are free before they sign in."
    edit_job(market.client, market.job, {"requirements": lines, "spec": spec}, market.job.version, clock.now())
    db.session.commit()
    close(clock)
    see(bid, CLOSES + MINUTE)  # the text is present now too, but too late
    rank_now(market.job, clock)
    assert met(bid) == "2 of 3 met"


def test_inconclusive_checks_keep_last_known_state(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer, url="https://gym.example/")
    see(bid, START + MINUTE)
    check_quickly(link_of(bid), CLOSES - HOUR, UNKNOWN)
    close(clock)
    rank_now(market.job, clock)
    assert met(bid) == "2 of 2 met"


def test_link_dead_at_closing_stays_dead(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer, url="https://gym.example/")
    see(bid, START + MINUTE)
    for hour in (4, 3, 2):
        check_quickly(link_of(bid), CLOSES - hour * HOUR, BROKEN)
    close(clock)
    see(bid, CLOSES + HOUR)
    clock.moment = CLOSES + 2 * HOUR
    rank_now(market.job, clock)
    assert "the link is dead" in str(bid.terms)
    since = card_of(bid, 2, {}, closed=True).since
    assert since
    assert since.words == "it works now and meets 2 of the 2 checks"


def test_skill_added_after_closing_gains_no_points(market: Market, clock: FixedClock) -> None:
    bid_of(market.job, market.freelancer)
    before = rank_now(market.job, clock)
    close(clock)
    name_skills(market.freelancer, ["css", "python"])
    assert rank_now(market.job, clock) == before


def test_skill_added_before_closing_counts_at_once(market: Market, clock: FixedClock) -> None:
    bid = bid_of(market.job, market.freelancer)
    before = rank_now(market.job, clock)[0][2]
    name_skills(market.freelancer, ["css", "python"])
    clock.moment += timedelta(seconds=2)
    rescore_due(clock.now)
    db.session.expire_all()
    assert bid.score is not None
    assert bid.score > before


# Events after closing must not change any rank.


NUMBERS = count(1)
"""For weights: all examples of a test share one database, which knows each name once."""


class After:
    """Events that may happen after bids closed, one per method."""

    def __init__(self, market: Market, clock: FixedClock, bid: Bid) -> None:
        self.market, self.clock, self.bid = market, clock, bid

    def improves(self) -> None:
        see(self.bid, self.clock.now())

    def worsens(self) -> None:
        see(self.bid, self.clock.now(), {"text": Outcome.NOT_MET, "page": Outcome.NOT_MET})

    def breaks(self) -> None:
        check_quickly(link_of(self.bid), self.clock.now(), BROKEN)

    def leads_astray(self) -> None:
        check_quickly(link_of(self.bid), self.clock.now(), REFUSED)

    def cannot_be_told(self) -> None:
        check_quickly(link_of(self.bid), self.clock.now(), UNKNOWN)

    def learns(self) -> None:
        name_skills(self.market.freelancer, ["css", "python", "climbing"])

    def is_reviewed(self) -> None:
        make_reviewed(freelancer=self.market.freelancer, now=self.clock.now())

    def is_reweighed(self) -> None:
        weights = replace(CURRENT, version=f"t{next(NUMBERS)}", price=0, match=90_000)
        use_weights(self.admin, propose(weights, {}, self.clock.now()), self.clock.now())

    def is_closed_by_the_worker(self) -> None:
        end_due(self.clock.now())

    def is_awarded_and_never_signed(self) -> None:
        now = self.clock.now()
        if self.market.job.state == "closed" and self.bid.state == "submitted":
            award = award_bid(self.market.client, self.bid, self.bid.version, now)
            contract = contract_of(award.id)
            assert contract
            fall_through(contract, "clock", "Nobody signed.", now)

    @property
    def admin(self) -> User:
        return make_user("admin", name="Ann Admin")


EVENTS = [name for name in vars(After) if not name.startswith("_") and name != "admin"]


@settings(
    max_examples=examples(30, 10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip
@given(events=st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(1, 30)), min_size=1, max_size=8))
def test_no_event_after_closing_changes_rank(app: Flask, clock: FixedClock, events: list[tuple[str, int]]) -> None:
    clock.moment = START
    with app.app_context():
        client = make_user("client")
        lines = [("page", "/prices"), ("text", "Book now"), ("free", "It feels friendly")]
        terms = {"skills": ("css", "python"), "decision_deadline": CLOSES + 90 * DAY}
        job = make_job(client, requirements=lines, **terms)
        market = Market(client, make_user("freelancer"), make_user("freelancer"), job)
        bid = bid_of(market.job, market.freelancer, url="https://gym.example/")
        rival = bid_of(market.job, market.rival, url="https://wall.example/", price=250_000)
        see(bid, START + MINUTE, MISSED)
        see(rival, START + MINUTE)
        rank_now(market.job, clock)
        clock.moment = CLOSES
        at_closing = rank_now(market.job, clock)
        after = After(market, clock, bid)
        for name, hours in events:
            clock.moment += hours * HOUR
            getattr(after, name)()
            db.session.commit()
            assert rank_now(market.job, clock) == at_closing, name
