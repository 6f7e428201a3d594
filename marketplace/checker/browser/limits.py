"""The budgets of one visit in the browser, shared by proxy, browser and renderer."""

from __future__ import annotations

from dataclasses import dataclass

WIDE = (1280, 800)
PHONE = (390, 844)
"""Viewports in CSS pixels."""


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """The defaults are the product's."""

    seconds: float = 25.0
    """For the whole visit, including a second try after the browser died; waiting for a free tab is not counted."""
    load_seconds: float = 10.0
    """For the load event; after that the page is measured as it is."""
    idle_wait_seconds: float = 3.0
    """After loading, for requests to end."""
    idle_seconds: float = 0.25
    """Without a request, and the page counts as idle."""
    stable_wait_seconds: float = 2.5
    """Then, for the document to stop changing."""
    axe_seconds: float = 5.0
    bytes: int = 25 * 1024 * 1024
    """On the wire, both ways together."""
    header_bytes: int = 64 * 1024
    connect_seconds: float = 5.0
    """For one attempt at one address."""
    screenshot_height: int = 4000
    """CSS pixels; what is further down isn't in the screenshots."""
    checks_per_browser: int = 50
    """Checks after which the browser is replaced; with 1 each check gets a new one."""
    popups: int = 10
    """A visit ends when the page opens more."""
