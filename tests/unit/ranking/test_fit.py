"""Weights are found again from the choices that they led to, stay in their bounds, and are judged on unseen jobs."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace

import pytest

from marketplace.ranking.facts import (
    BidFacts,
    ContractFacts,
    FactsError,
    JobFacts,
    PromiseFacts,
    PrototypeFacts,
    RankFacts,
    ReviewFacts,
)
from marketplace.ranking.fit import MIN_JOBS, fit
from marketplace.ranking.order import rank
from marketplace.ranking.outcomes import DecidedJob, TooFew, read_outcome
from marketplace.ranking.weights import BOUNDS, NAMES, V2, Weights

LINE = {"job": {"currency": "EUR"}, "bids": [{"id": "a", "price": 1}, {"id": "b", "price": 2}]}


def offer(name: str, chance: random.Random) -> BidFacts:
    state = chance.choice(["live"] * 8 + ["dead", "unknown"])
    return BidFacts(
        id=name,
        price=chance.randrange(100_000, 800_000),
        match=chance.random(),
        go_live_hours=chance.choice([None, 1, 6, 24, 72]),
        reviews=ReviewFacts(positive=chance.randrange(15), total=15),
        promises=PromiseFacts(kept=chance.randrange(10), total=10),
        contracts=ContractFacts(completed=chance.randrange(10), total=10),
        prototype=PrototypeFacts.model_validate(
            {"state": state, "met": chance.randrange(13), "measured": 12, "polish": chance.random()}
        ),
    )


def decided(count: int, taste: Weights, temperature: float, bids: int = 6) -> list[DecidedJob]:
    """Jobs whose clients choose by these weights, with some chance (Gumbel noise: that makes it a softmax)."""
    chance, outcomes = random.Random(count), []
    for number in range(count):
        job = JobFacts(id=f"job {number}", budget_min=200_000, budget_max=350_000, currency="EUR", requirements=12)
        facts = RankFacts(job=job, bids=[offer(f"bid {place}", chance) for place in range(bids)])
        tastes = {
            one.score.bid_id: one.score.total / temperature - math.log(-math.log(chance.random()))
            for one in rank(facts, taste)
        }
        outcomes.append(DecidedJob(facts, max(tastes, key=lambda name: tastes[name])))
    return outcomes


def test_fit_recovers_the_true_weights() -> None:
    taste = replace(V2, verified=12_000, requirements=30_000, match=23_620, record=10_000, price=4_000, promises=9_000)
    fitted = fit(decided(1_000, taste, 4_000), V2, "v3")
    assert fitted.weights.version == "v3"
    for name in ("verified", "requirements", "match", "record"):
        assert getattr(fitted.weights, name) == pytest.approx(getattr(taste, name), abs=4_000)
    assert fitted.report.gain > 2 * fitted.report.gain_error > 0
    assert fitted.report.fitted.top_1 > fitted.report.start.top_1 > 2 * fitted.report.chance.top_1


@pytest.mark.parametrize(
    "taste",
    [
        replace(V2, price=80_000),
        replace(V2, price=-8_000, dead=2_000),
        replace(V2, polish=90_000, record=50_000, speed=50_000),
    ],
)
def test_fitted_weights_stay_in_bounds(taste: Weights) -> None:
    weights = fit(decided(300, taste, 3_000), V2, "v3").weights
    for name in NAMES:
        least, most = BOUNDS[name]
        assert least <= getattr(weights, name) <= most
        assert getattr(weights, name) % 10 == 0
    assert weights.total == pytest.approx(100_000, abs=100)


def test_irrelevant_terms_stay_near_the_prior() -> None:
    outcomes = [
        replace(
            outcome,
            facts=outcome.facts.model_copy(
                update={"bids": [bid.model_copy(update={"promises": PromiseFacts()}) for bid in outcome.facts.bids]}
            ),
        )
        for outcome in decided(300, V2, 4_000)
    ]
    assert fit(outcomes, V2, "v3").weights.promises == pytest.approx(V2.promises, abs=1_000)


def test_fit_does_not_depend_on_job_order() -> None:
    outcomes = decided(300, V2, 4_000)
    once, again = fit(outcomes, V2, "v3"), fit(outcomes[::-1], V2, "v3")
    assert once.weights == again.weights
    assert (once.report.jobs, once.report.held_out) == (again.report.jobs, again.report.held_out)
    assert once.report.jobs + once.report.held_out == 300


def test_too_few_jobs_are_refused_and_jobs_with_two_bids_do_not_count() -> None:
    few = decided(MIN_JOBS - 1, V2, 4_000)
    pairs = decided(10, V2, 4_000, bids=2)
    with pytest.raises(TooFew, match="199 decided jobs with 3 bids or more; a fit takes 200"):
        fit(few + pairs, V2, "v3")


def test_an_outcome_is_a_job_with_the_bid_chosen() -> None:
    outcome = read_outcome(json.dumps({**LINE, "chosen": "b"}))
    assert (outcome.chosen, [bid.id for bid in outcome.facts.bids]) == ("b", ["a", "b"])
    with pytest.raises(FactsError, match="chosen is none of the bids"):
        read_outcome(json.dumps({**LINE, "chosen": "c"}))
