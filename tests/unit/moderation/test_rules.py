"""The rules on the rank by examples: what each detects, and what it ignores."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from marketplace.moderation.noticing.rules import (
    ANOMALIES,
    QUEUED,
    RULES,
    RuleMatch,
    StoredRank,
    holds_several,
    is_arranged,
    is_praise_burst,
    odd_moves,
)
from tests.support.factories import START

JOB = {"id": "1", "budget_min": 0, "budget_max": 100, "currency": "EUR", "requirements": 3}
LIVE = {"state": "live", "met": 3, "measured": 3, "polish": None}


def standing(scores: dict[int, int], weights: str = "v1", job: dict[str, Any] = JOB, **facts: Any) -> StoredRank:
    """A snapshot; `facts` of bid 9, the one that moves."""
    bids: list[dict[str, Any]] = [
        {"id": str(bid), "price": 100, "days": 9, "go_live_hours": 6, "match": 0.2, "prototype": None,
         "reviews": {"positive": 0, "total": 0}} for bid in scores
    ]  # fmt: skip
    bids[list(scores).index(9)].update(facts)
    ordered = sorted(scores.items(), key=lambda pair: -pair[1])
    order = [{"id": str(bid), "score": score} for bid, score in ordered]
    return StoredRank.of(weights, {"job": job, "bids": bids}, order)


BEFORE = {bid: 1_000 * bid for bid in range(10, 18)} | {9: 500}
RISEN = BEFORE | {9: 50_000}


def rules(found: list[RuleMatch]) -> list[tuple[str, int]]:
    return [(one.rule, one.bid_id) for one in found]


def test_jump_without_check_or_edit_is_flagged_with_its_cause() -> None:
    found = odd_moves(standing(BEFORE), standing(RISEN, reviews={"positive": 8, "total": 8}))
    assert rules(found) == [("jump", 9)]
    assert found[0].sentence == "Rose from place 9 to 1 without a check or an edit; what changed: reviews."


def test_jump_without_known_cause_says_so() -> None:
    (found,) = odd_moves(standing(BEFORE), standing(RISEN))
    assert found.sentence.endswith("nothing in its facts changed.")


QUIET = {
    "a check": standing(RISEN, prototype=LIVE),
    "a new price": standing(RISEN, price=50),
    "a faster promise": standing(RISEN, go_live_hours=1),
    "fewer days": standing(RISEN, days=1),
    "other weights": standing(RISEN, weights="v2"),
    "a spec with more requirements": standing(RISEN, job=JOB | {"requirements": 5}),
    "a move of four places": standing(BEFORE | {9: 13_500}),
    "others that fell": standing({bid: 1_000 * bid - 20_000 for bid in range(10, 18)} | {9: 500}),
    "others that left": standing({bid: 1_000 * bid for bid in range(10, 12)} | {9: 500}),
    "a small gain in match": standing(BEFORE, match=0.49),
}


@pytest.mark.parametrize("after", QUIET.values(), ids=QUIET)
def test_explained_move_is_not_flagged(after: StoredRank) -> None:
    assert odd_moves(standing(BEFORE), after) == []


def test_fitted_profile_is_flagged_once_as_such() -> None:
    found = odd_moves(standing(BEFORE), standing(RISEN, match=0.8))
    assert rules(found) == [("fitted_profile", 9)]
    assert found[0].sentence == "After the bid was placed its match to the spec rose from 0.20 to 0.80."


def test_changed_spec_that_moves_every_match_is_not_flagged() -> None:
    after = standing(RISEN, match=0.8)
    for facts in after.facts.values():
        facts["match"] = 0.8  # type: ignore[index]
    assert odd_moves(standing(BEFORE), after) == []


def test_facts_of_later_weight_versions_are_readable() -> None:
    found = odd_moves(standing(BEFORE), standing(RISEN, promises={"kept": 4, "total": 4}))
    assert "promises" in found[0].sentence


def test_praise_in_a_burst_is_flagged_and_praise_over_days_is_not() -> None:
    hours = [START + timedelta(hours=hour) for hour in (0, 5, 23)]
    assert is_praise_burst(hours, total=3)
    assert is_praise_burst(hours, total=6)
    assert not is_praise_burst(hours, total=7)  # has earlier testimonials, and asked for a few more
    assert not is_praise_burst(hours[:2], total=2)
    assert not is_praise_burst([START, START + timedelta(hours=20), START + timedelta(hours=25)], total=3)


@pytest.mark.parametrize(
    ("places", "expected"),
    [([6, 9], True), ([1, 6, 2, 12], True), ([6], False), ([5, 5, 5], False), ([1, 40, 2], False), ([], False)],
)
def test_repeated_low_ranked_winner_is_arranged(places: list[int], *, expected: bool) -> None:
    assert is_arranged(places) is expected


@pytest.mark.parametrize(
    ("places", "expected"), [([1, 2], True), ([5, 90], False), ([6, 7], False), ([6, 7, 8], True), ([3], False)]
)
def test_one_group_on_several_ranks(places: list[int], *, expected: bool) -> None:
    assert holds_several(places) is expected


def test_every_rule_states_threshold_and_reason_and_fits_its_column() -> None:
    assert {*QUEUED, *ANOMALIES} == set(RULES)
    for name, rule in RULES.items():
        assert len(name) <= 20
        assert rule.title
        assert rule.threshold.endswith(".")
        assert rule.why.endswith(".")
