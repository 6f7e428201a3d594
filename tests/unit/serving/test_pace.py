"""A sender must average 1 KB/s over any 15 seconds; times are passed in, so no test waits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.serving.pace import GRAIN_SECONDS, WINDOW_BYTES, WINDOW_SECONDS, Pace

BEGAN = 1000.0


def after(*arrivals: tuple[float, int]) -> float:
    """Seconds from the start until which the arrivals suffice."""
    pace = Pace(BEGAN)
    for second, size in arrivals:
        pace.arrived(BEGAN + second, size)
    return pace.ends - BEGAN


@pytest.mark.parametrize(
    ("arrivals", "ends"),
    [
        ([], 15),
        ([(1, 100)], 15),
        ([(1, WINDOW_BYTES - 1)], 15),
        ([(1, WINDOW_BYTES)], 16),
        ([(1, 1_000_000)], 16),
        ([(1, 1_000_000), (9, 1)], 16),
        ([(second, 1024) for second in range(1, 15)], 15),
        ([(second, 1024) for second in range(1, 16)], 16),
        ([(second, 1024) for second in range(1, 61)], 61),
        ([(second, 1000) for second in range(1, 16)], 15),
        ([(14, WINDOW_BYTES), (28, WINDOW_BYTES)], 43),
    ],
)
def test_until_when_arrivals_suffice(arrivals: list[tuple[float, int]], ends: float) -> None:
    assert after(*arrivals) == ends


arrivals = st.lists(st.tuples(st.floats(GRAIN_SECONDS, 20), st.integers(1, 3 * WINDOW_BYTES)), max_size=40)


@given(arrivals)
def test_result_equals_counting_every_window(steps: list[tuple[float, int]]) -> None:
    moment, came, pace = 0.0, [(0.0, 0)], Pace(0.0)
    for pause, size in steps:
        moment += pause
        pace.arrived(moment, size)
        came.append((moment, size))
        enough = [then for then, _ in came if sum(size for when, size in came if when >= then) >= WINDOW_BYTES]
        assert pace.ends == max(enough, default=0.0) + WINDOW_SECONDS


def test_single_byte_sender_fills_no_memory() -> None:
    pace = Pace(0.0)
    for number in range(14_000):
        pace.arrived(number / 1000, 1)
    assert len(pace) <= 15 / GRAIN_SECONDS
