"""The fairness page's figures, computed by hand on small markets."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.moderation.exposure import LEAST_SHOWN, OTHERS, UNSAID, Ranked, discount
from marketplace.moderation.fairness import report, wilson


def bid(job: int, rank: int, **fields: Any) -> Ranked:
    plain = Ranked(job, rank, 100, 0, is_newcomer=False, link="none", country=None, has_won=None)
    return replace(plain, **fields)


def job(number: int, size: int = 4, **winner: Any) -> list[Ranked]:
    """A decided job won by rank 1."""
    return [bid(number, rank, price=100 * rank, has_won=rank == 1, **winner) for rank in range(1, size + 1)]


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(0, 0, 0, 1), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (5, 10, 0.2366, 0.7634), (50, 1000, 0.0381, 0.0653)],
)
def test_wilson_interval_matches_textbook(hits: int, total: int, low: float, high: float) -> None:
    assert wilson(hits, total) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_interval_contains_its_share_within_0_and_1(case: tuple[int, int]) -> None:
    low, high = wilson(*case)
    assert 0 <= low <= case[0] / case[1] + 1e-12
    assert case[0] / case[1] - 1e-12 <= high <= 1


def test_attention_decreases_with_rank() -> None:
    assert [round(discount(rank), 3) for rank in (1, 2, 3, 7)] == [1, 0.631, 0.5, 0.333]


def test_ratio_is_one_if_newcomers_rank_by_evidence() -> None:
    bids = [
        row
        for number in range(6)
        for row in (
            bid(number, 1, evidence=1_000, is_newcomer=number % 2 == 0),
            bid(number, 2, evidence=round(1_000 * discount(2)), is_newcomer=number % 2 == 1),
        )
    ]
    found = report(bids).exposure
    assert found is not None
    assert found.jobs == 6
    assert found.ratio == pytest.approx(1, abs=0.001)
    assert found.interval[0] <= 1 <= found.interval[1]


def test_newcomers_ranked_below_their_evidence_have_ratio_below_one() -> None:
    bids = [row for number in range(5) for row in (bid(number, 1), bid(number, 3, evidence=900, is_newcomer=True))]
    found = report(bids).exposure
    assert found is not None
    assert found.merit == 1
    assert found.ratio == pytest.approx(0.5 / 1.5)
    assert found.interval == pytest.approx((found.ratio, found.ratio))  # five identical jobs: no variance


def test_uninformative_jobs_are_left_out() -> None:
    only_new = [bid(1, rank, evidence=9, is_newcomer=True) for rank in (1, 2)]
    no_evidence = [bid(2, 1, is_newcomer=True), bid(2, 2)]
    one_that_tells = [bid(3, 1, evidence=9, is_newcomer=True), bid(3, 2)]
    assert report([*only_new, *no_evidence, *one_that_tells]).exposure is None


def test_empty_market_has_no_figures_and_no_error() -> None:
    found = report([])
    assert found.exposure is None
    assert not any((found.newcomers_win.groups, found.by_price.groups, found.winners.groups))


def test_price_quarters_per_job_with_expected_share() -> None:
    bids = [row for number in range(10) for row in job(number, size=8)]
    table = report(bids).by_price
    assert [one.name for one in table.groups] == [
        "Cheapest quarter",
        "Second quarter",
        "Third quarter",
        "Dearest quarter",
    ]
    assert [(one.hits, one.total) for one in table.groups] == [(20, 20), (10, 20), (0, 20), (0, 20)]
    assert [one.expected for one in table.groups] == [3 / 8] * 4


def test_equal_prices_share_a_quarter() -> None:
    bids = [bid(number, rank, price=500) for number in range(5) for rank in range(1, 9)]
    (only,) = report(bids).by_price.groups
    assert only.total == 40


def test_jobs_with_few_bids_are_left_out_of_first_three() -> None:
    assert report([row for number in range(20) for row in job(number, size=3)]).by_price.groups == []


def test_small_groups_are_counted_but_hidden() -> None:
    many = [bid(number, rank, link="live") for number in range(3) for rank in range(1, 5)]
    few = [bid(9, rank) for rank in range(1, 5)]
    table = report([*many, *few]).prototypes_first
    assert [one.name for one in table.groups] == ["Verified prototype"]
    assert table.hidden == 1


def placed(*places: str | None, jobs: int = 5) -> list[Ranked]:
    """`jobs` jobs on which bids from these countries hold the ranks in this order."""
    return [bid(job, rank, country=one) for job in range(jobs) for rank, one in enumerate(places, 1)]


def test_exposure_is_above_one_on_top_and_below_one_at_bottom() -> None:
    first, last = report(placed("Portugal", "Portugal", "Sweden", "Sweden")).by_country.groups
    usual = sum(map(discount, (1, 2, 3, 4))) / 4
    assert (first.name, first.bids, first.jobs, first.mean_rank) == ("Portugal", 10, 5, 1.5)
    assert first.exposure == pytest.approx((discount(1) + discount(2)) / 2 / usual)
    assert last.exposure == pytest.approx((discount(3) + discount(4)) / 2 / usual)
    assert first.interval == pytest.approx((first.exposure, first.exposure))  # five identical jobs: no variance


def test_exposure_interval_contains_one_if_countries_alternate() -> None:
    one_way = placed("Portugal", "Sweden", "Portugal", "Sweden", jobs=6)
    other_way = placed("Sweden", "Portugal", "Sweden", "Portugal", jobs=6)
    for one in report([*one_way, *(replace(one, job_id=one.job_id + 6) for one in other_way)]).by_country.groups:
        assert one.exposure == pytest.approx(1)
        assert one.interval[0] < 1 < one.interval[1]


def test_small_countries_are_pooled_without_names() -> None:
    table = report(placed("Portugal", "Portugal", "Malta", "Iceland")).by_country
    assert [(one.name, one.bids) for one in table.groups] == [("Portugal", 10), (OTHERS, 10)]


def test_too_small_pool_is_hidden() -> None:
    table = report(placed("Portugal", "Portugal", "Portugal", "Malta")).by_country
    assert [one.name for one in table.groups] == ["Portugal"]
    assert table.hidden == 5


def test_country_on_one_job_is_pooled_without_interval() -> None:
    one_job = [bid(9, rank, country="Malta") for rank in range(1, 13)]
    table = report([*placed("Portugal", "Portugal", "Iceland", "Iceland", jobs=4), *one_job]).by_country
    assert [(one.name, one.bids) for one in table.groups] == [(OTHERS, 28)]


def test_bidders_without_country_are_a_group() -> None:
    table = report(placed("Portugal", "Portugal", None, None)).by_country
    assert [one.name for one in table.groups] == [UNSAID, "Portugal"]


def test_ranks_of_winners() -> None:
    bids = [bid(number, rank, has_won=True) for number, rank in enumerate([1] * 6 + [2] * 2 + [4, 40])]
    table = report(bids).winners
    assert [(one.name, one.hits) for one in table.groups if one.hits] == [
        ("Place 1", 6), ("Place 2", 2), ("Places 4 to 5", 1), ("Place 11 or below", 1)
    ]  # fmt: skip
    assert sum(one.value for one in table.groups) == pytest.approx(1)


def test_few_awards_are_hidden() -> None:
    table = report([bid(number, 1, has_won=True) for number in range(LEAST_SHOWN - 1)]).winners
    assert table.groups == []
    assert table.hidden == 1


def test_undecided_jobs_are_left_out_of_winning_shares() -> None:
    undecided = [bid(number, rank, link="live") for number in range(5) for rank in range(1, 5)]
    decided = [row for number in range(10, 20) for row in job(number, link="live")]
    (only,) = report([*undecided, *decided]).prototypes_win.groups
    assert (only.name, only.hits, only.total, only.expected) == ("Verified prototype", 10, 40, 0.25)


@given(
    st.lists(
        st.builds(
            Ranked, st.integers(1, 6), st.integers(1, 30), st.integers(0, 50), st.integers(0, 45_000), st.booleans(),
            st.sampled_from(["live", "other", "none"]), st.sampled_from([None, "Portugal", "Malta"]),
            st.sampled_from([None, True, False]),
        ),
        unique_by=lambda one: (one.job_id, one.rank),
        max_size=120,
    )
)  # fmt: skip
def test_figures_of_random_markets_are_shares(bids: list[Ranked]) -> None:
    found = report(bids)
    tables = [found.newcomers_win, found.by_price, found.winners, found.prototypes_first]
    for table in [*tables, found.prototypes_win]:
        for one in table.groups:
            assert 0 <= one.hits <= one.total >= LEAST_SHOWN
            assert one.expected is None or 0 <= one.expected <= 1
    for country in found.by_country.groups:
        assert country.bids >= LEAST_SHOWN
        assert country.jobs > 1
        assert 0 <= country.interval[0] <= country.exposure <= country.interval[1]
        assert 1 <= country.mean_rank <= 30
    if found.exposure:
        assert 0 <= found.exposure.exposure <= 1
        assert math.isfinite(found.exposure.ratio)
