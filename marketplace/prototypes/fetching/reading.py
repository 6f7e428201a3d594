"""Reads what a page is made of without parsing all of it: its charset, text and title."""

from __future__ import annotations

import html
import re

from marketplace.prototypes.fetching.trail import Trail

HEAD = 64 * 1024
"""Bytes in which a title is looked for."""
NEARLY_ALWAYS = 2 * 1024
"""Bytes in which it mostly is."""
MAX_TITLE = 300
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)


def decode(data: bytes, content_type: str) -> str:
    """Text in the charset that the Content-Type names, else UTF-8; never raises."""
    named = _CHARSET.search(content_type)
    try:
        return data.decode(named[1] if named else "utf-8", "replace")
    except (LookupError, ValueError):  # no such charset, or one of Python's that isn't for text
        return data.decode("utf-8", "replace")


def source_of(trail: Trail) -> str:
    """The last page's source."""
    return decode(trail.body, trail.last.content_type)


def title_of(trail: Trail) -> str:
    """The last page's title in one line, empty without one; in linear time, whatever the page holds."""
    title = _title(trail.body[:NEARLY_ALWAYS]) or _title(trail.body[:HEAD])
    return " ".join(html.unescape(decode(title, trail.last.content_type)).split())[:MAX_TITLE] if title else ""


def _title(head: bytes) -> bytes:
    lower = head.lower()
    start = lower.find(b"<title")
    opened = lower.find(b">", start)
    closed = lower.find(b"</title", opened)
    return head[opened + 1 : closed] if min(start, opened, closed) >= 0 else b""
