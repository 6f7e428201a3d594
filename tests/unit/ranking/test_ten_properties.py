"""The ten properties of the rank (docs/ranking.md), each for v1, v2 and any weights that a fit may give.

The finer promises, by one part of the score at a time, are in test_properties.py.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from marketplace.ranking.explain import columns
from marketplace.ranking.facts import (
    BidFacts,
    ContractFacts,
    JobFacts,
    PromiseFacts,
    PrototypeFacts,
    RankFacts,
    ReviewFacts,
    read_facts_json,
)
from marketplace.ranking.order import as_json, rank
from marketplace.ranking.score import score
from marketplace.ranking.weights import Weights, from_json
from marketplace.ranking.weights import as_json as weights_as_json
from tests.unit.ranking.dealt import Dealer, ten_thousand

MET = 12


def total(job: JobFacts, bid: BidFacts, weights: Weights, **changes: Any) -> int:
    return score(job, bid.model_copy(update=changes) if changes else bid, weights).total


def live(met: int, polish: float | None = None) -> PrototypeFacts:
    return PrototypeFacts(state="live", met=met, measured=MET, polish=polish)


def order(facts: RankFacts, bids: list[BidFacts], weights: Weights) -> list[str]:
    return [one.score.bid_id for one in rank(RankFacts(job=facts.job, bids=bids), weights)]


def improved(dealer: Dealer, bid: BidFacts) -> dict[str, Any]:
    """One change for the better."""
    extra = dealer.below(5_000) / 1_000
    reviews, promises, contracts, found = bid.reviews, bid.promises, bid.contracts, bid.prototype
    better: list[dict[str, Any]] = [
        {"match": bid.match + (1 - bid.match) * dealer.share()},
        {"price": bid.price * dealer.below(101) // 100},
        {"reviews": ReviewFacts(positive=_sum(reviews.positive, extra), total=_sum(reviews.total, extra))},
        {"promises": PromiseFacts(kept=_sum(promises.kept, extra), total=_sum(promises.total, extra))},
        {"contracts": ContractFacts(completed=_sum(contracts.completed, extra), total=_sum(contracts.total, extra))},
        {"go_live_hours": (bid.go_live_hours or 0) * dealer.below(101) // 100},
    ]
    if found is None or found.state != "live":
        better.append({"prototype": live(dealer.below(MET + 1))})
    elif found.met < found.measured:
        better.append({"prototype": found.model_copy(update={"met": found.met + 1})})
    else:
        better.append(
            {"prototype": found.model_copy(update={"polish": dealer.share() if found.polish is None else 1.0})}
        )
    return dealer.one_of(better)


def _sum(one: float, other: float) -> float:
    return round(one + other, 3)


@ten_thousand
def test_1_better_in_one_respect_is_never_worse(dealer: Dealer) -> None:
    weights, job = dealer.weights(), dealer.job(MET)
    bid = dealer.bid(MET)
    if bid.prototype and bid.prototype.state in ("flagged", "cleared"):
        bid = bid.model_copy(update={"prototype": None})  # as good as live: a fresh live one might meet less
    change = improved(dealer, bid)
    if "go_live_hours" in change and bid.go_live_hours is None:
        change = {"go_live_hours": dealer.below(200)}  # any promise is better than none
    assert total(job, bid, weights) <= total(job, bid, weights, **change)


@ten_thousand
def test_2_a_verified_prototype_is_never_below_none_dead_never_above_and_unknown_the_same(dealer: Dealer) -> None:
    weights, job = dealer.weights(), dealer.job()
    bid = dealer.bid(job.requirements)
    none = total(job, bid, weights, prototype=None)
    assert total(job, bid, weights, prototype=dealer.prototype(job.requirements, "live")) >= none
    assert total(job, bid, weights, prototype=dealer.prototype(job.requirements, "dead")) == none + weights.dead <= none
    state = dealer.one_of(("queued", "checking", "unknown", "broken", "refused", "rejected"))
    assert total(job, bid, weights, prototype=dealer.prototype(job.requirements, state)) == none


@ten_thousand
def test_3_the_order_of_the_input_is_irrelevant_and_a_third_bid_never_flips_a_pair(dealer: Dealer) -> None:
    weights, facts = dealer.weights(), dealer.contest()
    one, other, third = facts.bids
    everyone = order(facts, [one, other, third], weights)
    assert everyone == order(facts, [third, other, one], weights)
    assert [name for name in everyone if name != "third"] == order(facts, [one, other], weights)


@ten_thousand
def test_4_time_breaks_exact_ties_only_and_ranking_twice_changes_nothing(dealer: Dealer) -> None:
    weights, facts = dealer.weights(), dealer.contest()
    when = {bid.id: bid.submitted_at for bid in facts.bids}
    placed = rank(facts, weights)
    assert placed == rank(facts, weights)
    for better, worse in pairwise(placed):
        assert better.score.total >= worse.score.total
        if better.score.total == worse.score.total:
            first, second = when[better.score.bid_id], when[worse.score.bid_id]
            assert first
            assert second
            assert first <= second


@ten_thousand
def test_5_price_moves_a_score_by_16_points_at_most_and_polish_by_3_5(dealer: Dealer) -> None:
    weights, job = dealer.weights(), dealer.job()
    bid = dealer.bid(job.requirements)
    assert abs(total(job, bid, weights, price=dealer.below(10**7)) - total(job, bid, weights)) <= 16_000
    found = dealer.prototype(job.requirements, "live")
    dull, bright = (
        total(job, bid, weights, prototype=found.model_copy(update={"polish": polish}))
        for polish in sorted((dealer.share(), dealer.share()))
    )
    assert 0 <= bright - dull <= 3_500


@ten_thousand
def test_6_nothing_known_is_average_and_one_good_case_moves_a_point_at_most(dealer: Dealer) -> None:
    weights, job = dealer.weights(), dealer.job()
    unknown = {"reviews": ReviewFacts(), "promises": PromiseFacts(), "contracts": ContractFacts()}
    newcomer = dealer.bid(job.requirements).model_copy(update={**unknown, "go_live_hours": None})
    terms = {term.name: term.points for term in score(job, newcomer, weights).terms}
    assert {terms.get(name, 0) for name in ("record", "promises", "completion")} == {0}
    before = total(job, newcomer, weights)
    assert 0 <= total(job, newcomer, weights, reviews=ReviewFacts(positive=1, total=1)) - before <= 1_000
    assert 0 <= total(job, newcomer, weights, promises=PromiseFacts(kept=1, total=1)) - before <= 1_000
    assert 0 <= total(job, newcomer, weights, contracts=ContractFacts(completed=1, total=1)) - before <= 1_000


@ten_thousand
def test_7_the_terms_sum_exactly_to_the_score_and_stay_in_their_bounds(dealer: Dealer) -> None:
    weights, job = dealer.weights(), dealer.job()
    result = score(job, dealer.bid(job.requirements), weights)
    assert result.total == sum(term.points for term in result.terms)
    assert result.total == sum(column.points for column in columns(result.terms))
    assert all(term.least <= term.points <= term.most for term in result.terms)
    assert all(term.points == 0 for term in result.terms if not term.known)
    assert result.total <= result.possible <= weights.total


@ten_thousand
def test_8_a_prototype_spread_over_many_links_never_helps(dealer: Dealer) -> None:
    weights, job = dealer.weights(), dealer.job(MET)
    bid, part, rest, polish = dealer.bid(MET), dealer.below(MET + 1), dealer.below(MET + 1), dealer.share()
    whole = live(min(MET, part + rest), polish)
    assert total(job, bid, weights, prototype=live(part, polish)) <= total(job, bid, weights, prototype=whole)


@ten_thousand
def test_9_what_should_not_matter_does_not(dealer: Dealer) -> None:
    weights, job = dealer.weights(), dealer.job()
    bid = dealer.bid(job.requirements)
    elsewhere = job.model_copy(update={"currency": dealer.one_of(("USD", "JPY", "KWD")), "id": "other"})
    other = {"days": dealer.below(1_000), "id": "z", "submitted_at": None}
    assert total(elsewhere, bid, weights, **other) == total(job, bid, weights)


@ten_thousand
def test_10_a_rank_replays_from_its_stored_facts_and_weights(dealer: Dealer) -> None:
    weights, facts = dealer.weights(), dealer.contest()
    stored_facts, stored_weights = facts.model_dump_json(), weights_as_json(weights)
    again = from_json(stored_weights)
    assert as_json(rank(read_facts_json(stored_facts), again), again) == as_json(rank(facts, weights), weights)
