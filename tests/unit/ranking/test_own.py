"""The client's own order: the platform's points turned up and down, in whole numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.ranking.facts import BidFacts, JobFacts, RankFacts
from marketplace.ranking.order import rank
from marketplace.ranking.own import (
    GROUPS,
    UNTURNED,
    WORDS,
    Own,
    OwnPlace,
    group_points,
    own_order,
    own_points,
    own_score,
    read_own,
)
from marketplace.ranking.score import score
from marketplace.ranking.weights import WEIGHTS
from tests.support.own_cases import CASES, POINTS
from tests.unit.ranking.strategies import contests

percents = st.sampled_from(sorted(WORDS))
owns = st.builds(Own, percents, percents, percents, percents)
few_points = st.integers(-3, 3) | st.integers(-40_000, 40_000)


@st.composite
def standings(draw: st.DrawFn) -> list[OwnPlace]:
    """Bids ranked by their scores, some without a place."""
    groups = st.tuples(few_points, few_points, few_points, few_points)
    drawn = draw(st.lists(st.tuples(few_points, groups, st.booleans()), max_size=8))
    scored = sorted(((sum(groups) + match, groups, placed) for match, groups, placed in drawn), key=lambda one: -one[0])
    return [
        OwnPlace(number, number if placed else None, points, groups)
        for number, (points, groups, placed) in enumerate(scored, 1)
    ]


@pytest.mark.parametrize(("bids", "turned", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_table_of_orders(
    bids: list[tuple[int, int | None, int, tuple[int, ...]]], turned: tuple[int, ...], expected: list[int]
) -> None:
    assert [one.id for one in own_order([OwnPlace(*bid) for bid in bids], Own(*turned))] == expected


@pytest.mark.parametrize(("hundredths", "shown"), POINTS)
def test_own_points_for_reading(hundredths: int, shown: str) -> None:
    assert own_points(hundredths) == shown


@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS)
def test_every_term_but_the_match_belongs_to_one_group(weights: object) -> None:
    names = [term.name for term in score(JobFacts(currency="EUR"), BidFacts(id="a", price=1), weights).terms]  # type: ignore[arg-type]
    grouped = [name for terms in GROUPS.values() for name in terms]
    assert len(grouped) == len(set(grouped))
    assert set(names) - set(grouped) == {"match"}


@given(contests())
def test_default_own_order_is_the_platforms_order(contest: tuple[JobFacts, list[BidFacts]]) -> None:
    from_score = rank_of(contest)
    assert own_order(reversed(from_score), UNTURNED) == from_score


@given(contests(), owns)
def test_the_own_score_is_the_sum_of_points_times_percent(contest: tuple[JobFacts, list[BidFacts]], own: Own) -> None:
    job, bids = contest
    for bid in bids:
        result = score(job, bid, WEIGHTS["v1"])
        groups = group_points(result.terms)
        match = result.total - sum(groups.values())
        turned = [getattr(own, group) * points for group, points in groups.items()]
        standing = OwnPlace(1, 1, result.total, tuple(groups.values()))
        assert own_score(standing, own) == 100 * match + sum(turned)


@given(standings(), owns, st.sampled_from(sorted(GROUPS)), percents)
def test_raising_a_group_never_lowers_its_leader(bids: list[OwnPlace], own: Own, group: str, more: int) -> None:
    index = list(GROUPS).index(group)
    raised = Own(**{**own.turned, group: max(more, getattr(own, group))})
    before, after = own_order(bids, own), own_order(bids, raised)
    for place, upper in enumerate(before):
        for lower in before[place + 1 :]:
            if upper.groups[index] >= lower.groups[index] and upper.rank is not None:
                assert after.index(upper) < after.index(lower)


@given(standings(), owns, st.randoms())
def test_own_order_is_stable(bids: list[OwnPlace], own: Own, chance: object) -> None:
    ordered = own_order(bids, own)
    shuffled = list(bids)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert own_order(shuffled, own) == own_order(ordered, own) == ordered
    for upper, lower in pairwise(ordered):
        if upper.rank is not None and lower.rank is not None and own_score(upper, own) == own_score(lower, own):
            assert upper.rank < lower.rank


def test_query_parameters_set_the_groups() -> None:
    assert read_own({"price": "150", "record": "0", "tab": "all"}) == (Own(price=150, record=0), [])
    assert Own(price=150, record=0).turned == {"price": 150, "record": 0}


@pytest.mark.parametrize(
    "value", ["", "-25", "-0", "201", "225", "110", "1e2", "100.0", " 100", "+50", "9" * 5_000, "much", "١٠٠", "null"]
)
def test_invalid_parameters_count_as_usual_and_are_named(value: str) -> None:
    assert read_own({"price": value, "speed": "50"}) == (Own(speed=50), ["price"])


def rank_of(contest: tuple[JobFacts, list[BidFacts]]) -> list[OwnPlace]:
    job, bids = contest
    placed = rank(RankFacts(job=job, bids=bids), WEIGHTS["v1"])
    return [
        OwnPlace(one.rank, one.rank, one.score.total, tuple(group_points(one.score.terms).values())) for one in placed
    ]
