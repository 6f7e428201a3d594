"""What axe finds wrong with an open page; its script is read by the page once, however often it is asked."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page


def load_axe(page: Page) -> None:
    """Needed once for each page that is opened."""
    page.evaluate(AXE_SCRIPT)


def violations(page: Page) -> list[tuple[str, list[Any]]]:
    """Rule and the first three elements that break it, as the page is now."""
    found = page.evaluate("axe.run({ resultTypes: ['violations'] }).then((results) => results.violations)")
    return [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]
