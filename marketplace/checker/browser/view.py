"""What a browser saw of a page: the part for the record, with markup and screenshots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Screenshot:
    """A stored screenshot: file keys of the WebP and its thumbnail (320 px wide), size in CSS pixels."""

    key: str
    thumbnail_key: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rendering:
    """What the browser measured, as kept in a check record. Times in milliseconds, sizes in bytes on the wire.

    When nothing was measured, `reason` is a code, `sentence` says why, and all else but `attempts` and
    `refused_requests` is empty or None.
    """

    reason: str = ""
    """Empty when the page was rendered: no_browser | host_busy | timed_out | crashed | not_opened |
    own_fault otherwise."""
    sentence: str = ""
    url: str = ""
    """Where the browser ended up."""
    title: str = ""
    text: str = ""
    """The start of the page's visible text after its scripts ran."""
    shots: dict[str, Screenshot] = field(default_factory=dict[str, Screenshot])
    """wide (1280 px) and phone (390 px), those that could be taken and stored."""
    cuts: dict[str, str] = field(default_factory=dict[str, str])
    """Requirement id -> file key of the cut of the screenshot that shows where it is met."""
    console_errors: tuple[str, ...] = ()
    failed_requests: tuple[dict[str, str], ...] = ()
    """[{"url", "why"}]: what the page asked for and didn't get."""
    refused_requests: tuple[dict[str, str], ...] = ()
    """[{"url", "why", "code"}]: what the guard kept the page from reaching."""
    attempts: tuple[str, ...] = ()
    """What the page tried: download | dialog | popup | permission | service_worker | credentials; all denied."""
    sent_to: tuple[str, ...] = ()
    """Origins to which it would send a typed password; may include its own."""
    requests: int | None = None
    bytes: int | None = None
    load_ms: float | None = None
    lcp_ms: float | None = None
    """Largest contentful paint."""
    layout_shift: float | None = None
    """Cumulative layout shift; no unit."""
    blocking_ms: float | None = None
    """Sum of what each long task took beyond 50 ms."""
    overflow_px: int | None = None
    """How much wider than a phone of 390 px the page is; 0 fits."""
    language: str = ""
    colors: tuple[str, ...] = ()
    """Colours used for text and backgrounds, "#rrggbb", the most used first."""
    fonts: tuple[str, ...] = ()
    """First family of each font-family used, lower case, the most used first."""
    axe: dict[str, Any] | None = None
    """{"violations", "incomplete": [{"id", "impact", "help", "nodes": count, "targets": [css]}], "version"}"""
    browser: str = ""
    seconds: float = 0.0
    """Wall time of the whole visit."""

    @property
    def is_measured(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class BrowserView:
    """A rendering with what isn't kept in the record; pictures are WebP."""

    rendering: Rendering
    html: str = ""
    """The document after its scripts ran."""
    pictures: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """wide, phone: screenshots at 1280 and 390 px."""
    cuts: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """Requirement id -> picture."""
    seen: frozenset[str] | None = None
    """Ids of the requirements that a visitor sees met on this page, at either width; None if that couldn't be told."""
