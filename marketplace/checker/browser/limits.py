"""The budgets of one look in the browser, in one place so that the proxy, the browser and the renderer agree."""

from __future__ import annotations

from dataclasses import dataclass

WIDE = (1280, 800)
PHONE = (390, 844)
"""Viewports in CSS pixels."""


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """The defaults are the product's."""

    seconds: float = 25.0
    """For all of it, a second try after the browser died included; waits for a free tab not counted."""
    load_seconds: float = 10.0
    """For the page's load event; a page that goes on loading is measured as it is then."""
    idle_wait_seconds: float = 3.0
    """After loading, for the page to stop asking for things."""
    idle_seconds: float = 0.25
    """Without a request, and the page counts as settled."""
    stable_wait_seconds: float = 2.5
    """Then, for it to stop changing by itself."""
    axe_seconds: float = 5.0
    bytes: int = 25 * 1024 * 1024
    """On the wire, both ways together."""
    header_bytes: int = 64 * 1024
    connect_seconds: float = 5.0
    """For one attempt at one address."""
    screenshot_height: int = 4000
    """CSS pixels; what is further down isn't in the pictures."""
    checks_per_browser: int = 50
    """Then it is replaced; 1 buys a fresh one for each check."""
    popups: int = 10
    """A page that opens more is left."""
