"""The money chart is scaled to its largest amount."""

from __future__ import annotations

from datetime import UTC, datetime

from marketplace.payments.queries.chart import Point, money_chart, month_ends

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def points(*amounts: tuple[int, int, int]) -> list[Point]:
    ends = month_ends(datetime(2025, 12, 1, tzinfo=UTC), NOW)[-len(amounts) :]
    return [Point(end, *each) for end, each in zip(ends, amounts, strict=True)]


def test_largest_amount_reaches_top() -> None:
    chart = money_chart(points((1000, 0, 0), (0, 2000, 500)))
    assert chart.top == 2000
    assert chart.released == "M135.0 130.0L405.0 14.0"
    assert chart.earned == "M135.0 130.0L405.0 101.0"


def test_only_months_with_held_money_have_bar() -> None:
    (bar,) = money_chart(points((1000, 0, 0), (0, 2000, 500))).bars
    assert (bar.held, bar.x, bar.y, bar.width, bar.height) == (1000, 54, 72, 162, 58)


def test_lines_are_at_zero_without_money() -> None:
    chart = money_chart(points((0, 0, 0), (0, 0, 0)))
    assert (chart.top, chart.bars) == (1, [])
    assert chart.released == "M135.0 130.0L405.0 130.0"


def test_four_months_are_all_labelled_and_last_is_now() -> None:
    labels = money_chart(points(*[(0, 0, 0)] * 4)).labels
    assert [(one.words, one.anchor) for one in labels] == [
        ("Aug 2026", "middle"),
        ("Sep 2026", "middle"),
        ("Oct 2026", "middle"),
        ("now", "middle"),
    ]


def test_first_middle_and_last_of_twelve_months_are_labelled() -> None:
    labels = money_chart(points(*[(0, 0, 0)] * 12)).labels
    assert [(one.words, one.anchor) for one in labels] == [
        ("Dec 2025", "start"),
        ("Jun 2026", "middle"),
        ("now", "end"),
    ]
