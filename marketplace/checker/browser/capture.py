"""What a visit in the browser has captured so far, kept when it ends early."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from marketplace.checker.browser.observer import PageMetrics


class Stopped(Exception):
    """The visit ended early; has the reason's code and its sentence."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason, self.sentence = reason, sentence


async def run_until_ended(work: Coroutine[Any, Any, None], ended: asyncio.Future[Stopped]) -> None:
    """Run `work` until it is done or `ended` is set; raises Stopped in the latter case."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait((task, ended), return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            raise ended.result()
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@dataclass(slots=True)
class Capture:
    """What a visit has captured so far."""

    url: str = ""
    left: bool = False
    """The page navigated to another origin since: what was captured may be that origin's."""
    metrics: PageMetrics | None = None
    axe: dict[str, Any] | None = None
    overflow_px: int | None = None
    html: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict[str, bytes])
    cuts: dict[str, bytes] = field(default_factory=dict[str, bytes])
    seen: frozenset[str] | None = None
    console_errors: list[str] = field(default_factory=list[str])
    failed_requests: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    attempts: dict[str, None] = field(default_factory=dict[str, None])
    requests: int = 0
    bytes: int = 0
    refused: tuple[dict[str, str], ...] = ()
    """The proxy's refusals until the page was captured; later ones don't count."""
    sent_to: tuple[str, ...] = ()
