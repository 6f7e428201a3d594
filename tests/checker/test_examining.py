"""Full checks with a fake browser: when it visits a page, and when it doesn't."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from time import monotonic

from marketplace.checker.browser.renderer import Renderer
from marketplace.checker.browser.view import BrowserView, Rendering
from marketplace.checker.engine import Checker
from marketplace.checker.examination import Examination
from marketplace.checker.examiner import Examiner
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import Politeness
from marketplace.checker.setup import Setup
from marketplace.checker.spec import CheckRequest, Requirement
from tests.support.sites import html, site


class Eye(Renderer):
    """Sees every page at once, and remembers when it was sent there."""

    def __init__(self) -> None:
        super().__init__(Guard())
        self.moments: list[float] = []

    async def view(self, url: str, wanted: Sequence[Requirement] = ()) -> BrowserView:
        self.moments.append(monotonic())
        return BrowserView(Rendering(url=url))


def examine(times: int, politeness: Politeness, eye: Eye) -> list[Examination]:
    """So many full checks of one host's page, side by side."""

    async def all_at_once(url: str, setup: Setup) -> list[Examination]:
        async with aclosing(Checker(setup)) as checker:
            examiner = Examiner(checker, eye)
            return await asyncio.gather(*(examiner.examine(CheckRequest(url)) for _ in range(times)))

    with site(html("<h1>Bistro</h1>")) as there:
        return asyncio.run(all_at_once(there.url, Setup(Guard(frozenset({there.place})), politeness=politeness)))


def test_browser_visits_keep_the_hosts_interval() -> None:
    eye, politeness = Eye(), Politeness()
    examine(2, politeness, eye)
    first, second = eye.moments
    assert second - first > 0.95 * politeness.interval


def test_visit_without_a_free_slot_is_postponed_without_blame() -> None:
    eye = Eye()
    [found] = examine(1, Politeness(interval=60, patience=0.5), eye)
    assert found.record.rendering
    assert (found.record.state, found.record.rendering.reason, found.more_tries) == ("live", "host_busy", 3)
    assert eye.moments == []
