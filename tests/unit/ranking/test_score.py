"""What each part of a score gives, by example."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, ReviewFacts
from marketplace.ranking.score import Score, Term, score
from marketplace.ranking.weights import V1, V2, Weights


def scored(bid: dict[str, Any] | None = None, weights: Weights = V1, **job: Any) -> Score:
    budget = {"currency": "EUR", "budget_min": 100_000, "budget_max": 300_000}
    facts = JobFacts.model_validate({**budget, "requirements": 12, **job})
    return score(facts, BidFacts.model_validate({"id": "a", "price": 200_000, **(bid or {})}), weights)


def term(name: str, result: Score) -> Term:
    return next(one for one in result.terms if one.name == name)


def found(state: str, met: int, measured: int) -> dict[str, Any]:
    return {"prototype": PrototypeFacts.model_validate({"state": state, "met": met, "measured": measured})}


@pytest.mark.parametrize(
    ("met", "measured", "points", "known", "why"),
    [
        (12, 12, 10_000, 1, "live, meets the 5 checks that it takes or more"),
        (5, 12, 10_000, 1, "live, meets the 5 checks that it takes or more"),
        (5, 5, 10_000, 1, "live, meets the 5 checks that it takes or more"),
        (4, 12, 0, 1, "live, but meets only 4 of the 5 checks that it takes"),
        (4, 11, 0, 0, "live; 4 of the 5 checks that it takes seen met so far"),
        (1, 1, 0, 0, "live; 1 of the 5 checks that it takes seen met so far"),
        (0, 8, 0, 1, "live, but meets only 0 of the 5 checks that it takes"),
    ],
)
def test_verified_takes_35_percent_of_all_requirements_seen_met(
    met: int, measured: int, points: int, known: int, why: str
) -> None:
    verified = term("verified", scored(found("live", met, measured)))
    assert (verified.points, verified.known, verified.why) == (points, known, why)


@pytest.mark.parametrize(("requirements", "points"), [(12, 1_000), (1, 1_000), (0, 10_000)])
def test_live_counts_more_without_checkable_requirements(requirements: int, points: int) -> None:
    live = found("live", requirements, requirements)
    assert term("verified", scored(live, V2, requirements=requirements)).points == points


@pytest.mark.parametrize(
    ("met", "measured", "points", "why"),
    [
        (12, 12, 30_000, "12 of 12 met"),
        (11, 12, 26_154, "11 of 12 met"),
        (11, 11, 27_500, "11 of 12 met, 1 not measured"),
        (4, 12, 0, "4 of 12 met"),
        (6, 6, 15_000, "6 of 12 met, 6 not measured"),
        (0, 0, 0, "0 of 12 met, 12 not measured"),
    ],
)
def test_a_requirement_that_was_not_measured_neither_gives_nor_takes(
    met: int, measured: int, points: int, why: str
) -> None:
    requirements = term("requirements", scored(found("live", met, measured)))
    assert (requirements.points, requirements.why) == (points, why)
    assert requirements.known == Fraction(measured, 12)


def test_without_checkable_requirements_a_live_link_is_enough() -> None:
    result = scored(found("live", 0, 0), requirements=0)
    assert (term("verified", result).points, term("requirements", result).most) == (10_000, 0)
    assert not result.provisional


@pytest.mark.parametrize(
    ("low", "high", "price", "points", "why"),
    [
        (100_000, 300_000, 200_000, 0, "at the middle of the budget"),
        (100_000, 300_000, 100_000, 8_000, "50 % below the middle of the budget"),
        (100_000, 300_000, 400_000, -8_000, "100 % above the middle of the budget"),
        (100_000, 300_000, 1, 8_000, "100 % below the middle of the budget"),
        (100_000, 300_000, 10**13, -8_000, "4999999900 % above the middle of the budget"),
        (100_000, 300_000, 0, 8_000, "100 % below the middle of the budget"),
        (0, 300_000, 300_000, 0, "at the budget"),
        (300_000, 300_000, 300_000, 0, "at the budget"),
        (0, 0, 300_000, 0, "the client gave no budget"),
    ],
)
def test_price_is_compared_with_the_clients_budget_only(low: int, high: int, price: int, points: int, why: str) -> None:
    result = term("price", scored({"price": price}, budget_min=low, budget_max=high))
    assert (result.points, result.why) == (points, why)
    assert bool(result.known) == (high > 0)


@pytest.mark.parametrize(
    ("positive", "of", "points"),
    [(0, 0, 0), (1, 1, 972), (13, 14, -114), (14, 14, 5_568), (0, 1, -12_917), (0, 9, -20_000), (10**6, 10**6, 8_750)],
)
def test_the_record_is_shrunk_towards_the_market(positive: int, of: int, points: int) -> None:
    assert term("record", scored({"reviews": ReviewFacts(positive=positive, total=of)})).points == points


@pytest.mark.parametrize(
    ("bid", "points", "possible", "provisional"),
    [
        ({}, 0, 93_000, False),
        (found("queued", 0, 0), 0, 53_000, True),
        (found("unknown", 0, 0), 0, 53_000, True),
        (found("live", 9, 9), 32_500, 85_500, True),
        (found("live", 12, 12), 40_000, 93_000, False),
        (found("flagged", 12, 12), 40_000, 93_000, True),
        (found("cleared", 12, 12), 40_000, 93_000, False),
        (found("rejected", 12, 12), 0, 93_000, False),
        (found("broken", 12, 12), 0, 93_000, False),
        (found("dead", 0, 0), -2_000, 93_000, False),
    ],
)
def test_provisional_bid_tells_how_many_points_are_known(
    bid: dict[str, Any], points: int, possible: int, provisional: bool
) -> None:
    result = scored(bid)
    assert (result.total, result.possible, result.provisional) == (points, possible, provisional)


@pytest.mark.parametrize(
    ("positive", "total", "why"),
    [
        (13, 14, "13 of 14 reviews positive"),
        (0.9, 0.9, "100 % of reviews positive, older ones count less"),
        (12.3, 13.1, "94 % of reviews positive, older ones count less"),
        (1, 1.707, "59 % of reviews positive, older ones count less"),
    ],
)
def test_aged_counts_are_shown_as_a_share(positive: float, total: float, why: str) -> None:
    reviews = ReviewFacts(positive=positive, total=total)
    assert term("record", scored({"reviews": reviews})).why == why
