"""Bars match their values and stay within their charts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.web import charts
from marketplace.web.charts import Rect


def classes(shapes: list[Rect]) -> list[str]:
    return [one.css for one in shapes]


def test_bar_width_is_share_of_maximum() -> None:
    track, value, best = charts.bar(10, 40, best=20, tone=2)
    assert (track.width, value.css, value.width) == (200, "p2", 50)
    assert (best.css, best.x) == ("best", 100)


def test_bar_stays_within_its_track() -> None:
    assert charts.bar(50, 40)[1].width == 200
    assert charts.bar(-5, 40)[1].width == 0
    assert charts.bar(0, 0)[1].width == 0
    assert charts.bar(1, 40, best=40)[2].x == 197


def test_unknown_value_is_drawn_as_outline() -> None:
    assert classes(charts.bar(0, 40, known=False)) == ["unscored"]


def test_step_begins_where_previous_sum_ended() -> None:
    _, so_far, part = charts.step(10, 30, 0, 100, tone=3)
    assert (so_far.x, so_far.width) == (0, 20)
    assert (part.css, part.x, part.width) == ("p3", 20, 40)


def test_step_down_runs_backwards() -> None:
    _, _, part, zero = charts.step(10, -10, -100, 100, tone=1)
    assert (part.css, part.x, part.width) == ("minus", 90, 20)
    assert (zero.css, zero.x) == ("best", 100)


def test_empty_step_draws_no_part() -> None:
    assert classes(charts.step(0, 0, 0, 100, tone=1)) == ["track"]


def test_stacked_parts_are_as_wide_as_their_maximum() -> None:
    shapes = charts.stacked([(20, 40, True), (0, 60, False)])
    assert classes(shapes) == ["track", "p1", "unscored"]
    assert (shapes[0].x, shapes[0].width) == (0, 78)
    assert shapes[1].width == 38
    assert (shapes[2].x, shapes[2].width) == (81, 116)


def test_tallest_histogram_bin_fills_it_and_empty_ones_are_not_drawn() -> None:
    budget, one, four = charts.histogram([1, 0, 4, 0], 0, 400, 100, 300)
    assert (budget.css, budget.x, budget.width) == ("within", 64, 128)
    assert (one.x, one.y, one.height) == (1, 55, 15)
    assert (four.x, four.y, four.height) == (129, 10, 60)


def test_histogram_of_one_price_and_no_bids_can_be_drawn() -> None:
    assert classes(charts.histogram([], 5, 5, 5, 5)) == ["within"]


def test_short_failure_is_visible_in_the_strip() -> None:
    up, down = charts.uptime([("up", 0, 0.5), ("down", 1, 0)])
    assert (up.x, up.width) == (0, 200)
    assert (down.css, down.x, down.width) == ("down", 397, 3)


def test_interval_is_drawn_on_its_scale() -> None:
    _, value, whisker, expected = charts.interval(1, 0.5, 1.5, expected=1, top=2)
    assert value.width == 100
    assert (whisker.x, whisker.width) == (50, 100)
    assert expected.x == 100


@given(st.floats(0, 1), st.floats(0, 1))
def test_interval_without_expectation_has_no_mark(low: float, value: float) -> None:
    assert classes(charts.interval(value, low, 1)) == ["track", "p1", "whisker"]
