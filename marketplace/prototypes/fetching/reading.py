"""Reads what a page is made of without parsing all of it: its charset, text and title."""

from __future__ import annotations

import codecs
import html
import re

from marketplace.prototypes.fetching.trail import Trail

HEAD = 64 * 1024
"""Bytes in which a title is looked for."""
NEARLY_ALWAYS = 2 * 1024
"""Bytes in which it mostly is."""
MAX_TITLE = 300
CHARSETS = frozenset(
    {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "ascii", "koi8-r", "koi8-u", "mac-roman", "cp866"}
    | {f"iso8859-{part}" for part in range(1, 17) if part != 12}
    | {f"cp{page}" for page in (874, 932, 949, 950, *range(1250, 1259))}
    | {"shift_jis", "euc_jp", "iso2022_jp", "euc_kr", "gb2312", "gbk", "gb18030", "big5", "big5hkscs"}
)
"""What pages are written in, by Python's names (after encoding.spec.whatwg.org).

Python knows more: punycode takes minutes for what may be sent to us, and utf-7 or unicode_escape give half characters.
"""
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)


def decode(data: bytes, content_type: str) -> str:
    """Text in the charset that the Content-Type names, else UTF-8; never raises."""
    named = _CHARSET.search(content_type)
    return data.decode(_known(named[1]) if named else "utf-8", "replace")


def _known(name: str) -> str:
    """The charset's name if pages may be written in it, else UTF-8's."""
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return "utf-8"
    return codec if codec in CHARSETS else "utf-8"


def storable(text: str) -> str:
    """The text as any database takes it: NUL and half a surrogate pair, which scripts can write, are replaced."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


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
