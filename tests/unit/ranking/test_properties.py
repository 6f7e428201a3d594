"""The promises of the rank, each held over many made-up contests (docs/ranking.md states them in words)."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from marketplace.ranking.explain import columns, load, store
from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, RankFacts, ReviewFacts
from marketplace.ranking.order import rank
from marketplace.ranking.score import score
from marketplace.ranking.weights import V1
from tests.unit.ranking.strategies import REQUIREMENTS, bids, contests, jobs, shares

JOB = JobFacts(budget_min=100_000, budget_max=300_000, currency="EUR", requirements=REQUIREMENTS)
LIVE = PrototypeFacts(state="live", met=6, measured=REQUIREMENTS, polish=0.3)


def total(job: JobFacts, bid: BidFacts, **changes: object) -> int:
    return score(job, bid.model_copy(update=changes), V1).total


@given(contests())
def test_the_terms_sum_exactly_to_the_score_and_stay_in_their_bounds(contest: tuple[JobFacts, list[BidFacts]]) -> None:
    job, offers = contest
    for offer in offers:
        result = score(job, offer, V1)
        assert (
            result.total
            == sum(term.points for term in result.terms)
            == sum(one.points for one in columns(result.terms))
        )
        assert all(term.least <= term.points <= term.most for term in result.terms)
        assert result.total <= V1.total


@given(bids(REQUIREMENTS), shares, shares)
def test_a_better_match_never_lowers_the_score(bid: BidFacts, one: float, other: float) -> None:
    assert total(JOB, bid, match=min(one, other)) <= total(JOB, bid, match=max(one, other))


@given(bids(REQUIREMENTS), st.integers(0, 10**8), st.integers(0, 10**8))
def test_a_lower_price_never_lowers_the_score_and_price_moves_it_16_points_at_most(
    bid: BidFacts, one: int, other: int
) -> None:
    cheap, dear = total(JOB, bid, price=min(one, other)), total(JOB, bid, price=max(one, other))
    assert 0 <= cheap - dear <= 16_000


@given(bids(REQUIREMENTS), st.integers(0, REQUIREMENTS - 1))
def test_one_more_requirement_met_never_lowers_the_score(bid: BidFacts, met: int) -> None:
    fewer = PrototypeFacts(state="live", met=met, measured=REQUIREMENTS)
    more = PrototypeFacts(state="live", met=met + 1, measured=REQUIREMENTS)
    assert total(JOB, bid, prototype=fewer) <= total(JOB, bid, prototype=more)


@given(bids(REQUIREMENTS), shares, shares)
def test_polish_never_hurts_and_moves_the_score_3_5_points_at_most(bid: BidFacts, one: float, other: float) -> None:
    dull, bright = (LIVE.model_copy(update={"polish": polish}) for polish in sorted((one, other)))
    assert 0 <= total(JOB, bid, prototype=bright) - total(JOB, bid, prototype=dull) <= 3_500


@given(bids(REQUIREMENTS), st.integers(0, 50), st.integers(0, 50))
def test_one_more_positive_review_never_hurts(bid: BidFacts, positive: int, negative: int) -> None:
    before = ReviewFacts(positive=positive, total=positive + negative)
    after = ReviewFacts(positive=positive + 1, total=positive + negative + 1)
    assert total(JOB, bid, reviews=before) <= total(JOB, bid, reviews=after)


@given(bids(REQUIREMENTS))
def test_no_reviews_are_the_prior_and_the_first_good_one_moves_one_point_at_most(bid: BidFacts) -> None:
    newcomer = total(JOB, bid, reviews=ReviewFacts())
    assert 0 <= total(JOB, bid, reviews=ReviewFacts(positive=1, total=1)) - newcomer <= 1_000
    assert (
        next(
            term
            for term in score(JOB, bid.model_copy(update={"reviews": ReviewFacts()}), V1).terms
            if term.name == "record"
        ).points
        == 0
    )


@given(bids(REQUIREMENTS), st.integers(5, REQUIREMENTS))
def test_a_verified_prototype_is_never_below_none(bid: BidFacts, met: int) -> None:
    verified = PrototypeFacts(state="live", met=met, measured=REQUIREMENTS)
    assert total(JOB, bid, prototype=verified) > total(JOB, bid, prototype=None)


@given(jobs, bids(0), st.sampled_from(["queued", "checking", "unknown", "broken", "refused", "flagged"]))
def test_what_could_not_be_measured_counts_like_no_prototype(job: JobFacts, bid: BidFacts, state: str) -> None:
    unknown = PrototypeFacts.model_validate({"state": state})
    assert total(job, bid, prototype=unknown) == total(job, bid, prototype=None)


@given(jobs, bids(0))
def test_a_dead_prototype_is_never_above_none(job: JobFacts, bid: BidFacts) -> None:
    assert total(job, bid, prototype=PrototypeFacts(state="dead")) < total(job, bid, prototype=None)


@given(contests(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_is_irrelevant(contest: tuple[JobFacts, list[BidFacts]], chance: random.Random) -> None:
    job, offers = contest
    shuffled = list(offers)
    chance.shuffle(shuffled)
    assert rank(RankFacts(job=job, bids=offers)) == rank(RankFacts(job=job, bids=shuffled))


@given(contests())
def test_a_third_bid_never_flips_a_pair(contest: tuple[JobFacts, list[BidFacts]]) -> None:
    job, offers = contest
    everyone = [placed.score.bid_id for placed in rank(RankFacts(job=job, bids=offers))]
    without_last = [placed.score.bid_id for placed in rank(RankFacts(job=job, bids=offers[:-1]))]
    assert [bid_id for bid_id in everyone if bid_id != offers[-1].id] == without_last


@given(contests())
def test_time_of_bidding_breaks_exact_ties_only(contest: tuple[JobFacts, list[BidFacts]]) -> None:
    job, offers = contest
    when = {offer.id: offer.submitted_at for offer in offers}
    placed = rank(RankFacts(job=job, bids=offers))
    for better, worse in pairwise(placed):
        assert better.score.total >= worse.score.total
        if better.score.total == worse.score.total:
            first, second = when[better.score.bid_id], when[worse.score.bid_id]
            assert first is not None
            assert second is not None
            assert first <= second


@given(bids(REQUIREMENTS), st.integers(0, 10**5), st.integers(0, 10**5))
def test_days_and_promise_carry_no_weight(bid: BidFacts, days: int, hours: int) -> None:
    assert total(JOB, bid, days=days, go_live_hours=hours) == total(JOB, bid)


@given(contests())
def test_a_stored_score_reads_back_the_same(contest: tuple[JobFacts, list[BidFacts]]) -> None:
    job, offers = contest
    result = score(job, offers[0], V1)
    assert load(offers[0].id, store(result)) == result
