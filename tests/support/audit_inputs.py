"""Build AuditInput values for tests: a live page at one URL, plus a test's changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marketplace.checker.audits.audit_input import AuditInput
from marketplace.checker.audits.facts import PageFacts
from marketplace.checker.browser.view import Rendering
from marketplace.checker.fetch.result import Hop
from marketplace.checker.record import CheckRecord
from marketplace.checker.states import CheckState

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL = "https://shop.example/"
ENOUGH = "A page with enough words of its own to be taken for a real one. " * 4


def hop(url: str = URL, **values: Any) -> Hop:
    """One hop that ended with a page."""
    return Hop(url, **{"status": 200, "content_type": "text/html", **values})


def page(url: str = URL, text: str = ENOUGH, **values: Any) -> PageFacts:
    """A page that shows `text`."""
    return PageFacts(url, text=text, words=len(text.split()), **values)


def seen(
    *hops: Hop,
    facts: PageFacts | None = None,
    rendering: Rendering | None = None,
    state: CheckState = CheckState.LIVE,
    **values: Any,
) -> AuditInput:
    """One full check; its page shows ENOUGH by default."""
    result = hops or (hop(facts.url if facts else URL),)
    record = CheckRecord(result[0].url, state, "answered", "Live.", NOW, NOW, result, total_ms=120)
    if facts is None and state is CheckState.LIVE:
        facts = page(result[-1].url)
    return AuditInput(record, facts, **({"rendering": rendering} if rendering else {}), **values)


def rendered(**values: Any) -> Rendering:
    """Browser measurements of a page at its best."""
    best: dict[str, Any] = {
        "url": URL, "lcp_ms": 900.0, "load_ms": 1200.0, "layout_shift": 0.0, "blocking_ms": 0.0, "bytes": 90_000,
        "requests": 4, "overflow_px": 0, "axe": {"violations": [], "incomplete": [], "version": "4"},
        "colors": ("#1b2a33", "#ffffff"), "fonts": ("inter", "georgia"),
    }  # fmt: skip
    return Rendering(**{**best, **values})
