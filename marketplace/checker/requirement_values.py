"""The value of each kind of requirement: how it is normalized and validated."""

from __future__ import annotations

import re
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

FREE = "free"
"""The kind of a free-text line: for a person to judge, never tried."""
BARE = frozenset({"form", "image", "phone", "https"})
"""Kinds that need no value."""
MAX_VALUE_LENGTH = 300
MAX_SELECTOR = 200
_MIN_SECONDS, _MAX_SECONDS = 0.1, 30.0
_EMPTY_PAGE = LexborHTMLParser("<p></p>")
_LINK = re.compile(r"(/\S*)\s*(?:->|→)\s*(/\S*)")


def tidy(kind: str, value: str) -> str:
    """The value as stored: trimmed, on one line, and empty for kinds that take none."""
    plain = " ".join(value.split())
    if kind in ("phone", "https"):
        return ""
    if kind == "link" and (ends := link_ends(plain)):
        return " -> ".join(ends)
    if kind == "color":
        return plain.lower()
    return plain.strip("\"'") if kind == "font" else plain


def problem(kind: str, value: str) -> str | None:
    """What is wrong with the value for this kind, as a sentence that says how to fix it; None if it is valid."""
    if kind not in KINDS:
        return "Choose a kind from the list."
    if lacks_value(kind, value):
        return _MENDS[kind]
    if len(value) > MAX_VALUE_LENGTH:
        return f"Use {MAX_VALUE_LENGTH} characters at most; this has {len(value)}."
    if kind in ("selector", "form") and len(value) > MAX_SELECTOR:
        return f"Use a selector of {MAX_SELECTOR} characters at most; this has {len(value)}."
    fits = _FITS.get(kind)
    return None if fits is None or not value or fits(value) else _MENDS[kind]


def lacks_value(kind: str, value: str) -> bool:
    """Whether the kind needs a value and there is none; such a requirement is never met."""
    return not value.strip() and kind not in BARE


def link_ends(value: str) -> tuple[str, str] | None:
    """The two paths of "/from -> /to"; None for anything else."""
    shape = _LINK.fullmatch(value.strip())
    return (shape[1], shape[2]) if shape else None


def _is_path(value: str) -> bool:
    return bool(re.fullmatch(r"/(?![/\\])[^\s\\]*", value))


def _is_link(value: str) -> bool:
    ends = link_ends(value)
    return ends is not None and ends[0] != ends[1] and all(map(_is_path, ends))


def _is_language(value: str) -> bool:
    return bool(re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", value, re.IGNORECASE))


def _is_color(value: str) -> bool:
    return bool(re.fullmatch(r"#[0-9a-f]{6}", value))


def _is_font(value: str) -> bool:
    return bool(re.fullmatch(r"[\w][\w .+&-]{0,79}", value))


def _parses(selector: str) -> bool:
    try:
        _EMPTY_PAGE.css(selector)
    except SelectolaxError:
        return False
    return True


def _is_duration(value: str) -> bool:
    try:
        return _MIN_SECONDS <= float(value) <= _MAX_SECONDS
    except ValueError:
        return False


_FITS: dict[str, Callable[[str], bool]] = {
    "page": _is_path,
    "selector": _parses,
    "form": _parses,
    "link": _is_link,
    "language": _is_language,
    "color": _is_color,
    "font": _is_font,
    "load_time": _is_duration,
}
_MENDS = {
    "free": "Write what must be true, or remove this line.",
    "page": "Enter a path that starts with one /, such as /prices.",
    "text": "Enter the text that must appear.",
    "selector": "Enter a CSS selector, such as nav a or #booking.",
    "form": "Enter a CSS selector, such as nav a or #booking.",
    "link": "Enter two different paths with an arrow between them, such as / -> /prices.",
    "language": "Enter a language tag, such as de or pt-BR.",
    "color": "Enter a colour as #rrggbb, such as #0b5fff.",
    "font": "Enter one font's name, such as Inter.",
    "load_time": "Enter seconds from 0.1 to 30, such as 2 or 1.5.",
}
KINDS = BARE | _MENDS.keys()
"""All kinds: those that a check can try, and `free`."""
