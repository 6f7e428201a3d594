"""The fixed list of job categories."""

from __future__ import annotations

CATEGORIES: dict[str, str] = {
    "web": "Websites",
    "shop": "Online shops",
    "app": "Apps",
    "design": "Design",
    "data": "Data and automation",
    "writing": "Writing",
    "other": "Something else",
}
"""Stored value -> display name."""


def category_name(category: str) -> str:
    """Display name of a stored category."""
    return CATEGORIES.get(category, "No category")
