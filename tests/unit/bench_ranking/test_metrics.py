"""The study's measures, against cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bench.ranking import metrics
from bench.ranking.figures import difference, mean, ratio

VALUES = np.array([0.2, 1.0, 0.93, 0.5, -0.6])
"""The client loses 0.8, nothing, 0.07, 0.5 and 1.6 of the budget against the best."""


def order(*numbers: int) -> metrics.Order:
    return np.array(numbers)


def test_grades_say_what_a_client_loses_against_the_best_bid() -> None:
    assert metrics.grades(VALUES).tolist() == [1, 4, 4, 2, 0]
    assert metrics.gains(VALUES).tolist() == [1, 15, 15, 3, 0]


def test_a_stricter_client_gives_lower_grades() -> None:
    assert metrics.grades(VALUES, strictness=2).tolist() == [0, 4, 3, 1, 0]


def test_ndcg_is_1_for_the_best_order_and_0_where_nothing_shown_helps() -> None:
    gain = np.array([0.0, 0, 0, 15])
    assert metrics.ndcg(gain, order(3, 0, 1, 2)) == 1
    assert metrics.ndcg(gain, order(0, 1, 2, 3)) == 0


def test_ndcg_discounts_by_the_logarithm_of_the_place() -> None:
    gain = np.array([3.0, 1, 0, 7])
    reached = 1 + 3 / np.log2(3) + 0 / 2
    possible = 7 + 3 / np.log2(3) + 1 / 2
    assert metrics.ndcg(gain, order(1, 0, 2, 3)) == pytest.approx(reached / possible)


def test_the_best_bid_first_loses_nothing() -> None:
    assert metrics.best_is_first(VALUES, order(1, 0, 2, 3, 4)) == 1
    assert metrics.loss_of_first(VALUES, order(1, 0, 2, 3, 4)) == 0
    assert metrics.best_is_first(VALUES, order(3, 1, 0, 2, 4)) == 0
    assert metrics.loss_of_first(VALUES, order(3, 1, 0, 2, 4)) == pytest.approx(0.5)


def test_exposure_is_what_places_are_read_and_merit_what_true_value_would_give() -> None:
    newcomer = np.array([False, True, False, False, True])
    assert metrics.exposure(newcomer, order(1, 0, 4, 2, 3)) == pytest.approx(1 + 1 / 2)
    assert metrics.exposure(newcomer, order(0, 1, 4, 2, 3), shown=2) == pytest.approx(1 / np.log2(3))
    assert metrics.merit(newcomer, VALUES) == pytest.approx(1 + 1 / np.log2(6))


def test_an_interval_holds_the_figure_and_narrows_with_more_jobs() -> None:
    chance = np.random.default_rng(0)
    few, many = mean(chance.normal(1, 1, 50)), mean(chance.normal(1, 1, 5_000))
    assert few.low < few.value < few.high
    assert many.high - many.low == pytest.approx(2 * 1.96 / np.sqrt(5_000), rel=0.15)


def test_a_difference_job_by_job_is_surer_than_its_parts() -> None:
    jobs = np.random.default_rng(0).normal(0, 1, 200)
    found = difference(jobs + 0.1, jobs)
    assert found == pytest.approx((0.1, 0.1, 0.1))


def test_a_ratio_is_of_sums_and_not_of_jobs() -> None:
    assert ratio(np.array([2.0, 0]), np.array([1.0, 3])).value == pytest.approx(0.5)
