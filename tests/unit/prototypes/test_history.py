"""How a link fared over time, from what its checks said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.prototypes.history import CheckPoint, UptimeHistory, history_of
from tests.support.factories import START

HOUR = timedelta(hours=1)


def told(*states: str, hours: int = 1) -> UptimeHistory:
    """One check an hour with these states, and now it is `hours` after the last."""
    looks = [CheckPoint(START + number * HOUR, state) for number, state in enumerate(states)]
    return history_of(looks, looks[-1].at + hours * HOUR if looks else START)


def strip(history: UptimeHistory) -> list[tuple[str, float, float]]:
    return [(state, round(begin, 3), round(length, 3)) for state, begin, length in history.strip]


def test_result_holds_until_the_next_check() -> None:
    history = told("live", "live", "broken", "live")
    assert strip(history) == [("up", 0, 0.5), ("down", 0.5, 0.25), ("up", 0.75, 0.25)]
    assert (history.uptime, history.percent) == (0.75, "75 %")


def test_hundred_percent_means_no_failure() -> None:
    looks = [
        CheckPoint(START, "live"),
        CheckPoint(START + 9999 * HOUR / 1000, "broken"),
        CheckPoint(START + 10 * HOUR, "live"),
    ]
    assert history_of(looks, START + 10 * HOUR).percent == "99.9 %"
    assert told("live", "live").percent == "100 %"


def test_checks_weigh_by_time_not_by_number() -> None:
    looks = [CheckPoint(START + timedelta(minutes=number), "broken") for number in range(60)]
    assert history_of([*looks, CheckPoint(START + HOUR, "live")], START + 10 * HOUR).uptime == pytest.approx(0.9)


def test_unknown_time_counts_neither_way() -> None:
    history = told("live", "unknown", "unknown", "broken")
    assert strip(history) == [("up", 0, 0.25), ("none", 0.25, 0.5), ("down", 0.75, 0.25)]
    assert history.uptime == 0.5


def test_result_holds_for_a_day_at_most() -> None:
    assert strip(told("live", hours=66)) == [("up", 0, 0.4), ("none", 0.4, 0.6)]


@pytest.mark.parametrize("states", [(), ("unknown", "unknown")])
def test_no_uptime_without_a_known_result(states: tuple[str, ...]) -> None:
    assert told(*states).uptime is None


def test_a_refused_link_was_not_up() -> None:
    assert told("live", "refused").uptime == 0.5


def test_first_check_at_this_moment_draws_no_strip() -> None:
    history = told("live", hours=0)
    assert (history.strip, history.uptime) == ([], None)
