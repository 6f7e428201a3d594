"""What is wrong with a link as somebody typed it into a form; the network is not asked."""

from __future__ import annotations

from marketplace.checker.guard.address import Refusal, parse_link

BADLY_WRITTEN = frozenset({
    "too_long", "control_character", "scheme", "ambiguous_slashes", "not_a_url", "user_info", "backslash",
    "ambiguous_host", "ambiguous_port", "bad_name",
})  # fmt: skip
"""Refusals that say how to write the link; all others come from the check itself, with their reason."""


def link_problem(url: str) -> str | None:
    """What is wrong with how the link is written, as a sentence; None if nothing is."""
    if not url:
        return None
    if not url.lower().startswith(("http://", "https://")):
        return "Enter a link that starts with https://"
    read = parse_link(url)
    return read.sentence if isinstance(read, Refusal) and read.code in BADLY_WRITTEN else None
