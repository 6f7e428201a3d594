"""A score taken apart: bars that add up, differences that sum to the gap, and gains that could come true."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from marketplace.ranking.breakdown import TONES, ScoreStep, bounds_in_words, differences, gains, score_chart
from marketplace.ranking.explain import LABELS
from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts
from marketplace.ranking.score import Score, Term, score
from marketplace.ranking.weights import V1
from tests.unit.ranking.strategies import contests

LIVE = PrototypeFacts(state="live", met=11, measured=12, polish=0.5)


def scored(requirements: int = 12, budget: int = 200_000, **bid: Any) -> Score:
    job = JobFacts(budget_min=budget, budget_max=budget, currency="EUR", requirements=requirements)
    return score(job, BidFacts.model_validate({"id": "a", "price": 200_000, "match": 0.8, **bid}), V1)


def test_bars_are_contiguous_and_show_deductions() -> None:
    drawn = score_chart([10_000, 0, -2_000, 5_000], 20_000)
    assert drawn.steps == [
        ScoreStep(0, 10_000),
        ScoreStep(10_000, 10_000),
        ScoreStep(10_000, 8_000),
        ScoreStep(8_000, 13_000),
    ]
    assert (drawn.total, drawn.low, drawn.high) == (13_000, 0, 20_000)


def test_negative_sum_is_inside_the_chart() -> None:
    drawn = score_chart([-20_000, 8_000])
    assert (drawn.total, drawn.low, drawn.high) == (-12_000, -20_000, 0)


def test_nothing_to_draw_is_no_error() -> None:
    assert score_chart([]) == ([], 0, 0)
    assert score_chart([]).total == 0


@given(contests())
def test_the_bars_of_any_bid_end_at_its_score(contest: tuple[JobFacts, list[BidFacts]]) -> None:
    job, bids = contest
    for bid in bids:
        result = score(job, bid, V1)
        drawn = score_chart([term.points for term in result.terms], sum(term.most for term in result.terms))
        assert drawn.total == result.total
        assert all(drawn.low <= end <= drawn.high for step in drawn.steps for end in step)


@given(contests())
def test_the_differences_of_any_two_bids_sum_to_the_gap(contest: tuple[JobFacts, list[BidFacts]]) -> None:
    job, bids = contest
    upper, lower = score(job, bids[0], V1), score(job, bids[-1], V1)
    assert sum(one.points for one in differences(upper, lower)) == upper.total - lower.total


def test_a_difference_says_what_each_side_has() -> None:
    found = {one.name: one for one in differences(scored(prototype=LIVE), scored())}
    assert found["requirements"].words == "11 of 12 met; the other: no prototype to try them on"
    assert found["price"].words == "both: at the budget"
    assert (found["verified"].points, found["price"].points) == (10_000, 0)


def test_scores_of_different_versions_still_sum() -> None:
    newer = Score("b", (*scored().terms, Term("speed", 3_000, 0, 4_000, "live in 6 hours")), provisional=False)
    found = differences(newer, scored())
    assert found[-1] == ("speed", 3_000, 0, "live in 6 hours; the other: not scored")
    assert sum(one.points for one in found) == 3_000


def test_gains_name_the_largest_first() -> None:
    assert [(one.name, one.points) for one in gains(scored().terms)] == [
        ("verified", 40_000), ("price", 8_000), ("match", 5_000)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "about", "advice"),
    [
        ("broken", "dead", "mend the prototype link"),
        ("dead", "dead", "mend the prototype link"),
        ("refused", "verified", "an address that anybody can open"),
        ("rejected", "verified", "of your own making"),
    ],
)
def test_failed_link_is_the_first_gain(state: Any, about: str, advice: str) -> None:
    first, *others = gains(scored(prototype=PrototypeFacts(state=state)).terms)
    assert (first.name, first.points >= 40_000, advice in first.advice) == (about, True, True)
    assert not {"verified", "requirements", "polish", "dead"} & {one.name for one in others}


@pytest.mark.parametrize(
    ("facts", "untrue"),
    [
        ({"prototype": PrototypeFacts(state="queued")}, "verified"),
        ({"prototype": LIVE}, "verified"),
        ({"requirements": 0}, "requirements"),
        ({"budget": 0}, "price"),
        ({"price": 1}, "price"),
        ({}, "polish"),
        ({"prototype": PrototypeFacts(state="live", met=9, measured=9)}, "requirements"),
    ],
)
def test_gains_are_reachable(facts: dict[str, Any], untrue: str) -> None:
    assert untrue not in [gain.name for gain in gains(scored(**facts).terms)]


def test_the_bounds_of_every_part_in_words() -> None:
    found = {one.name: (one.label, one.points) for one in bounds_in_words(V1)}
    assert found["verified"] == ("Live prototype", "0 to 10")
    assert (found["dead"][1], found["record"][1], found["polish"][1]) == ("-2 or 0", "-20 to 20", "0 to 3.5")
    assert found.keys() <= LABELS.keys() & TONES.keys()
