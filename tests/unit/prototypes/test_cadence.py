"""How soon a link is looked at again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.prototypes.cadence import next_check
from tests.support.factories import START

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "age", "extra", "pause"),
    [
        ("live", 0 * MINUTE, {}, 10 * MINUTE),
        ("live", 2 * HOUR, {}, HOUR),
        ("live", 3 * DAY, {}, DAY),
        ("broken", 3 * DAY, {"failures": 1}, 16 * MINUTE),
        ("broken", 3 * DAY, {"failures": 40}, DAY),
        ("refused", 0 * MINUTE, {}, DAY),
        ("unknown", 0 * MINUTE, {"unknowns": 1}, 4 * MINUTE),
        ("unknown", 0 * MINUTE, {"unknowns": 30}, HOUR),
        ("unknown", 0 * MINUTE, {"retry_after": 7200}, 2 * HOUR),
    ],
)
def test_interval_depends_on_the_result(state: str, age: timedelta, extra: dict[str, int], pause: timedelta) -> None:
    assert next_check(state, START + age, submitted_at=START, chance=0, **extra) == START + age + pause


def test_jitter_spreads_the_load_by_a_tenth_at_most() -> None:
    assert next_check("live", START, submitted_at=START, chance=1) == START + 11 * MINUTE
