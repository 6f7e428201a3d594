"""The promises of the rank, each held over many made-up contests (docs/ranking.md states them in words)."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_EVEN, Context, Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from marketplace.ranking.explain import columns, load, store
from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, RankFacts, ReviewFacts
from marketplace.ranking.order import Placed, rank
from marketplace.ranking.score import score
from marketplace.ranking.weights import V1
from tests.unit.ranking.strategies import REQUIREMENTS, bids, contests, findings, jobs, prices, shares

JOB = JobFacts(budget_min=100_000, budget_max=300_000, currency="EUR", requirements=REQUIREMENTS)
Contest = tuple[JobFacts, list[BidFacts]]


def total(job: JobFacts, bid: BidFacts, **changes: object) -> int:
    return score(job, bid.model_copy(update=changes), V1).total


def live(met: int, measured: int = REQUIREMENTS, polish: float | None = None) -> PrototypeFacts:
    return PrototypeFacts(state="live", met=met, measured=measured, polish=polish)


def placed(job: JobFacts, offers: list[BidFacts]) -> list[Placed]:
    return rank(RankFacts(job=job, bids=offers))


# 1. Better in one respect is never worse.


@given(bids(REQUIREMENTS), shares, shares)
def test_a_better_match_never_lowers_the_score(bid: BidFacts, one: float, other: float) -> None:
    assert total(JOB, bid, match=min(one, other)) <= total(JOB, bid, match=max(one, other))


@given(bids(REQUIREMENTS), findings(REQUIREMENTS - 1, "live"))
def test_met_adds_failed_subtracts_not_measured_does_neither(bid: BidFacts, before: PrototypeFacts) -> None:
    measured = before.measured + 1
    met = before.model_copy(update={"met": before.met + 1, "measured": measured})
    failed = before.model_copy(update={"measured": measured})
    assert total(JOB, bid, prototype=failed) <= total(JOB, bid, prototype=before) <= total(JOB, bid, prototype=met)


@given(bids(REQUIREMENTS), st.integers(0, 50), st.integers(0, 50))
def test_a_good_review_never_hurts_and_a_bad_one_never_helps(bid: BidFacts, positive: int, negative: int) -> None:
    worse, before, better = (
        total(JOB, bid, reviews=ReviewFacts(positive=positive + good, total=positive + negative + good + bad))
        for good, bad in ((0, 1), (0, 0), (1, 0))
    )
    assert worse <= before <= better


# 2. A prototype is voluntary: one that works never hurts, and what could not be told counts like none.


@given(bids(REQUIREMENTS), st.integers(5, REQUIREMENTS))
def test_a_verified_prototype_is_always_above_none(bid: BidFacts, met: int) -> None:
    assert total(JOB, bid, prototype=live(met)) > total(JOB, bid, prototype=None)


@given(jobs.flatmap(lambda job: st.tuples(st.just(job), bids(job.requirements))))
def test_only_a_dead_link_is_below_none(pair: tuple[JobFacts, BidFacts]) -> None:
    job, bid = pair
    is_dead = bid.prototype is not None and bid.prototype.state == "dead"
    assert (total(job, bid) < total(job, bid, prototype=None)) == is_dead


@given(jobs, bids(0), st.sampled_from(["queued", "checking", "unknown", "broken", "refused", "rejected"]))
def test_what_is_not_known_to_work_counts_like_no_prototype(job: JobFacts, bid: BidFacts, state: str) -> None:
    unknown = PrototypeFacts.model_validate({"state": state})
    assert total(job, bid, prototype=unknown) == total(job, bid, prototype=None)


@given(bids(REQUIREMENTS), findings(REQUIREMENTS, "live"))
def test_flag_takes_no_points_before_a_decision(bid: BidFacts, before: PrototypeFacts) -> None:
    flagged = bid.model_copy(update={"prototype": before.model_copy(update={"state": "flagged"})})
    assert total(JOB, flagged) == total(JOB, bid, prototype=before)
    assert score(JOB, flagged, V1).provisional


# 3. The bids of a job are judged each on its own.


@given(contests(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_is_irrelevant(contest: Contest, chance: random.Random) -> None:
    job, offers = contest
    shuffled = list(offers)
    chance.shuffle(shuffled)
    assert placed(job, offers) == placed(job, shuffled)


@given(contests())
def test_third_bid_never_swaps_two_others(contest: Contest) -> None:
    job, offers = contest
    everyone = [one.score.bid_id for one in placed(job, offers)]
    without_last = [one.score.bid_id for one in placed(job, offers[:-1])]
    assert [bid_id for bid_id in everyone if bid_id != offers[-1].id] == without_last


# 4. Time breaks exact ties only, and nothing changes by looking again.


@given(contests())
def test_time_of_bidding_breaks_exact_ties_only(contest: Contest) -> None:
    job, offers = contest
    when = {offer.id: offer.submitted_at for offer in offers}
    for better, worse in pairwise(placed(job, offers)):
        assert better.score.total >= worse.score.total
        if better.score.total == worse.score.total:
            first, second = when[better.score.bid_id], when[worse.score.bid_id]
            assert first is not None
            assert second is not None
            assert first <= second


@given(contests())
def test_ranking_twice_changes_nothing(contest: Contest) -> None:
    job, offers = contest
    by_id = {offer.id: offer for offer in offers}
    once = placed(job, offers)
    assert placed(job, [by_id[one.score.bid_id] for one in once]) == once


# 5. Price and polish are bounded.


@given(bids(REQUIREMENTS), prices, prices)
def test_a_lower_price_never_lowers_the_score_and_price_moves_it_16_points_at_most(
    bid: BidFacts, one: int, other: int
) -> None:
    cheap, dear = total(JOB, bid, price=min(one, other)), total(JOB, bid, price=max(one, other))
    assert 0 <= cheap - dear <= 16_000


@given(st.integers(100_001, 399_999))
def test_the_points_for_a_price_are_those_of_the_exact_logarithm(price: int) -> None:
    exact = Context(prec=50, rounding=ROUND_HALF_EVEN)
    halvings = exact.divide(exact.ln(exact.divide(Decimal(200_000), Decimal(price))), exact.ln(Decimal(2)))
    (term,) = [term for term in score(JOB, BidFacts(id="a", price=price), V1).terms if term.name == "price"]
    assert term.points == int((8_000 * halvings).to_integral_value(ROUND_HALF_EVEN))


@given(bids(REQUIREMENTS), shares, shares)
def test_polish_never_hurts_and_moves_the_score_3_5_points_at_most(bid: BidFacts, one: float, other: float) -> None:
    dull, bright = (total(JOB, bid, prototype=live(6, polish=polish)) for polish in sorted((one, other)))
    assert 0 <= bright - dull <= 3_500


# 6. A newcomer is average.


@given(bids(REQUIREMENTS))
def test_no_reviews_are_the_prior_and_the_first_good_one_moves_one_point_at_most(bid: BidFacts) -> None:
    newcomer = score(JOB, bid.model_copy(update={"reviews": ReviewFacts()}), V1)
    assert [term.points for term in newcomer.terms if term.name == "record"] == [0]
    assert 0 <= total(JOB, bid, reviews=ReviewFacts(positive=1, total=1)) - newcomer.total <= 1_000


# 7. Every point is explained.


@given(contests())
def test_the_terms_sum_exactly_to_the_score_and_stay_in_their_bounds(contest: Contest) -> None:
    job, offers = contest
    for result in (score(job, offer, V1) for offer in offers):
        assert result.total == sum(term.points for term in result.terms)
        assert result.total == sum(column.points for column in columns(result.terms))
        assert all(term.least <= term.points <= term.most for term in result.terms)
        assert all(term.points == 0 for term in result.terms if not term.known)
        assert result.total <= result.possible <= V1.total


@given(contests())
def test_a_stored_score_reads_back_the_same(contest: Contest) -> None:
    job, offers = contest
    result = score(job, offers[0], V1)
    assert load(offers[0].id, store(result, "v1")) == result


# 8. One prototype spread over several links never helps.


@given(bids(REQUIREMENTS), st.integers(0, REQUIREMENTS), st.integers(0, REQUIREMENTS), shares)
def test_part_of_a_prototype_never_scores_above_the_whole(bid: BidFacts, one: int, other: int, polish: float) -> None:
    whole = live(min(REQUIREMENTS, one + other), polish=polish)
    assert total(JOB, bid, prototype=live(one, polish=polish)) <= total(JOB, bid, prototype=whole)


# 9. What should not matter does not.


@given(bids(REQUIREMENTS), st.integers(0, 10**5), st.integers(0, 10**5), st.sampled_from(["USD", "JPY", "KWD"]))
def test_days_promise_name_and_currency_carry_no_weight(bid: BidFacts, days: int, hours: int, currency: str) -> None:
    elsewhere = JOB.model_copy(update={"currency": currency, "id": "other"})
    assert total(elsewhere, bid, days=days, go_live_hours=hours, id="z") == total(JOB, bid)
