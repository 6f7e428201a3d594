"""The simulated marketplaces: the same jobs each time, and shaped as they claim to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.ranking.contest import Contest, contests
from bench.ranking.latent_quality import LatentQuality
from bench.ranking.matching_market import MatchingMarket
from marketplace.ranking.facts import BidFacts

JOBS = 150
MARKETS = {"A": LatentQuality(), "B": MatchingMarket()}
DRAWN = {name: contests(market, 1, JOBS) for name, market in MARKETS.items()}
both = pytest.mark.parametrize("name", MARKETS)


def bids(jobs: list[Contest]) -> list[BidFacts]:
    return [bid for job in jobs for bid in job.facts.bids]


@both
def test_a_job_of_a_seed_is_always_the_same(name: str) -> None:
    again = MARKETS[name].contest(1, 7)
    assert again.facts == DRAWN[name][7].facts
    assert again.values.tolist() == DRAWN[name][7].values.tolist()
    assert again.chosen == DRAWN[name][7].chosen


@both
def test_another_seed_gives_other_jobs(name: str) -> None:
    assert MARKETS[name].contest(2, 7).facts != DRAWN[name][7].facts


@both
def test_the_client_takes_a_bid_of_the_job_and_not_always_the_best(name: str) -> None:
    jobs = DRAWN[name]
    best = [job.facts.bids[int(np.argmax(job.values))].id for job in jobs]
    assert all(job.chosen in {bid.id for bid in job.facts.bids} for job in jobs)
    assert 0.25 < np.mean([job.chosen == one for job, one in zip(jobs, best, strict=True)]) < 0.75


@both
def test_about_eleven_bids_a_job_of_which_half_have_a_link_and_a_third_come_without_reviews(name: str) -> None:
    drawn = bids(DRAWN[name])
    assert 9 < len(drawn) / JOBS < 13
    assert 0.4 < np.mean([bid.prototype is not None for bid in drawn]) < 0.6
    assert 0.25 < np.mean([bid.reviews.total == 0 for bid in drawn]) < 0.45


@both
def test_averages_are_what_the_weights_believe_of_a_newcomer(name: str) -> None:
    drawn = bids(DRAWN[name])
    for tally, good, believed in (
        ("reviews", "positive", 0.93),
        ("promises", "kept", 0.85),
        ("contracts", "completed", 0.9),
    ):
        records = [getattr(bid, tally) for bid in drawn]
        share = sum(getattr(one, good) for one in records) / sum(one.total for one in records)
        assert share == pytest.approx(believed, abs=0.05), tally


@both
def test_some_links_are_dead_and_some_requirements_are_not_measured(name: str) -> None:
    found = [bid.prototype for bid in bids(DRAWN[name]) if bid.prototype]
    states = {prototype.state for prototype in found}
    assert {"live", "dead", "unknown", "broken", "flagged", "rejected"} <= states
    requirements = {bid.id: job.facts.job.requirements for job in DRAWN[name] for bid in job.facts.bids}
    partly = [
        bid.prototype.measured < requirements[bid.id]
        for bid in bids(DRAWN[name])
        if bid.prototype and bid.prototype.state == "live"
    ]
    assert 0.1 < np.mean(partly) < 0.9


@both
def test_gamers_show_more_than_they_are_worth(name: str) -> None:
    gamer = np.concatenate([job.gamer for job in DRAWN[name]])
    values = np.concatenate([job.values for job in DRAWN[name]])
    links = np.array([bid.prototype is not None for bid in bids(DRAWN[name])])
    assert values[gamer].mean() < values[~gamer].mean()
    assert links[gamer].mean() > links[~gamer].mean()


@both
def test_the_share_of_links_can_be_turned(name: str) -> None:
    few, many = (contests(replace(MARKETS[name], prototypes=share), 1, 40) for share in (0.2, 0.8))
    assert np.mean([bid.prototype is None for bid in bids(few)]) > np.mean(
        [bid.prototype is None for bid in bids(many)]
    )


def test_market_b_has_a_heavy_tail_of_bids() -> None:
    assert max(len(job.values) for job in DRAWN["B"]) > 2 * max(len(job.values) for job in DRAWN["A"]) - 15
