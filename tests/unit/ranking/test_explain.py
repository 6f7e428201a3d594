"""The score in words: columns that add up."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.ranking.explain import COLUMNS, LABELS, columns, points
from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, ReviewFacts
from marketplace.ranking.score import Score, score
from marketplace.ranking.weights import CURRENT, NAMES, V1, Weights

LIVE = PrototypeFacts(state="live", met=11, measured=12, polish=0.5)


def scored(requirements: int = 12, budget: int = 200_000, weights: Weights = V1, **bid: Any) -> Score:
    job = JobFacts(budget_min=budget, budget_max=budget, currency="EUR", requirements=requirements)
    return score(job, BidFacts.model_validate({"id": "a", "price": 200_000, "match": 0.8, **bid}), weights)


def test_every_term_has_a_column_and_a_label() -> None:
    assert [term.name for term in scored(weights=CURRENT).terms] == list(NAMES)
    assert sorted(name for _, parts in COLUMNS for name in parts) == sorted(NAMES) == sorted(LABELS)


def test_the_four_columns_of_a_card() -> None:
    result = columns(scored(prototype=LIVE, reviews=ReviewFacts(positive=13, total=14)).terms)
    assert [(one.heading, one.points, one.most, one.fact) for one in result] == [
        ("Fit to the spec", 46_154, 55_000, "11 of 12 met"),
        ("Live prototype", 12_500, 13_500, "live, meets the 5 checks that it takes or more"),
        ("Track record", -114, 20_000, "13 of 14 reviews positive"),
        ("Price and time", 0, 8_000, "at the budget"),
    ]
    assert all(one.scored for one in result)


def test_without_checkable_requirements_match_is_the_fit_column() -> None:
    fit = columns(scored(requirements=0).terms)[0]
    assert (fit.fact, fit.points, fit.most, fit.scored) == ("80 % of what the spec asks for", 20_000, 25_000, True)


def test_a_link_that_is_being_checked_is_not_scored_yet() -> None:
    waiting = columns(scored(prototype=PrototypeFacts(state="checking")).terms)
    assert [one.scored for one in waiting] == [False, False, True, True]


@pytest.mark.parametrize(
    ("milli", "shown"), [(26_154, "26.2"), (8_000, "8"), (0, "0"), (-40, "0"), (-114, "-0.1"), (-2_000, "-2")]
)
def test_points_for_reading(milli: int, shown: str) -> None:
    assert points(milli) == shown
