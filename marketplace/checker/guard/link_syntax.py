"""Validates the syntax of a link typed into a form, without any network access."""

from __future__ import annotations

from marketplace.checker.guard.address import Refusal, parse_link

BADLY_WRITTEN = frozenset({
    "too_long", "control_character", "scheme", "ambiguous_slashes", "not_a_url", "user_info", "backslash",
    "ambiguous_host", "ambiguous_port", "bad_name",
})  # fmt: skip
"""Refusals that a form shows; all others are left to the check."""


def link_problem(url: str) -> str | None:
    """What is wrong with how the link is written, as a sentence; None if nothing is."""
    if not url:
        return None
    if not url.lower().startswith(("http://", "https://")):
        return "Enter a link that starts with https://"
    read = parse_link(url)
    return read.sentence if isinstance(read, Refusal) and read.code in BADLY_WRITTEN else None
