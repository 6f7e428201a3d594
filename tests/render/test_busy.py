"""A busy machine: a page gets more time there, and one that runs out of it all the same is not blamed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from marketplace.checker.browser import busyness
from marketplace.checker.browser.busyness import MAX_FACTOR, Busyness
from marketplace.checker.browser.renderer import TOO_BUSY, Renderer
from tests.render.conftest import QUICK, Look

pytestmark = pytest.mark.browser


@pytest.fixture
def waits_for_each_second(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Has the machine let our thread wait so many seconds for each that it runs."""

    def wait(seconds: float) -> None:
        ran = count(1)
        monkeypatch.setattr(busyness, "_account", lambda: (float(now := next(ran)), now * seconds))

    return wait


@pytest.mark.parametrize(("seconds", "factor"), [(0.0, 1.0), (1.0, 1.99), (3.0, 3.97), (99.0, MAX_FACTOR)])
def test_a_machine_is_as_busy_as_our_thread_waits(
    waits_for_each_second: Callable[[float], None], seconds: float, factor: float
) -> None:
    waits_for_each_second(seconds)
    assert Busyness().factor == pytest.approx(factor, abs=0.01)


def test_where_nothing_is_counted_no_machine_is_busy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(busyness, "ACCOUNT", tmp_path / "none")
    assert (Busyness().factor, Busyness().is_too_busy) == (1.0, False)


def test_a_timeout_ends_later_on_a_busy_machine(
    waits_for_each_second: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(busyness, "MAX_FACTOR", 100_000.0)

    async def wait(seconds: float, work: float) -> None:
        async with Busyness().timeout(seconds):
            await asyncio.sleep(work)

    waits_for_each_second(90_000.0)
    asyncio.run(wait(0.01, 0.1))
    waits_for_each_second(0.0)
    with pytest.raises(TimeoutError):
        asyncio.run(wait(0.01, 3600))


def test_a_page_that_runs_out_of_time_on_a_busy_machine_is_not_blamed(
    waits_for_each_second: Callable[[float], None], look: Look, fresh: Callable[..., Renderer]
) -> None:
    waits_for_each_second(2.0)
    seen = look("<h1>Words</h1><script>for (;;);</script>", renderer=fresh(replace(QUICK, seconds=1.0))).rendering
    assert (seen.reason, seen.sentence) == (TOO_BUSY.reason, TOO_BUSY.sentence)
