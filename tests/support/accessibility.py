"""Run axe on an open page; the page reads its script once, for any number of runs."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page


def load_axe(page: Page) -> None:
    """Load axe; call once for each opened page."""
    page.evaluate(AXE_SCRIPT)


def violations(page: Page) -> list[tuple[str, list[Any]]]:
    """Return each violated rule with the first three elements that violate it."""
    found = page.evaluate("axe.run({ resultTypes: ['violations'] }).then((results) => results.violations)")
    return [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]
