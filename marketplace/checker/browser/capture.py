"""What one look in the browser has brought so far, and how it ends early without losing that."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from marketplace.checker.browser.observer import PageMetrics


class Stopped(Exception):
    """The look ended before there was anything to show; a reason's code and its sentence."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason, self.sentence = reason, sentence


async def run_until_ended(work: Coroutine[Any, Any, None], ended: asyncio.Future[Stopped]) -> None:
    """Do the work, or as much of it as there is time for before it is ended; raises Stopped then."""
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
    """What has been seen so far."""

    url: str = ""
    left: bool = False
    """The page went on to another site since: what was seen may be that one's."""
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
    """What the proxy counted and refused until the page was seen; what happens beyond is no part of it."""
    sent_to: tuple[str, ...] = ()
