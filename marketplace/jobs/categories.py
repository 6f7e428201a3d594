"""The fixed list of what a job may be about."""

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
"""Stored word -> what people read."""


def category_name(category: str) -> str:
    """What people read for a stored category."""
    return CATEGORIES.get(category, "No category")
