"""The kinds of requirement: what each promises a bidder will be checked, and what value it needs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from marketplace.prototypes.requirements import link_ends

MAX_REQUIREMENTS = 30
MAX_VALUE_LENGTH = 300
MAX_SELECTOR_LENGTH = 200
FREE = "free"
_MIN_SECONDS, _MAX_SECONDS = 0.1, 30.0
_EMPTY_PAGE = LexborHTMLParser("<p></p>")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: `label` in lists, `sentence` on the job page ("{}" is the value), `hint` for whoever writes it."""

    label: str
    sentence: str
    hint: str
    needs_value: bool = True


KINDS: dict[str, Kind] = {
    "free": Kind("In your own words", "{}", "Nothing checks it: you judge it yourself when you compare bids."),
    "page": Kind("A page exists", "There is a page at {}", "A path that starts with /, such as /prices."),
    "text": Kind("A text appears", "The text “{}” appears", "The words themselves, on the start page or a page above."),
    "selector": Kind("An element exists", "There is an element {}", "A CSS selector, such as nav a or #map."),
    "form": Kind("A form exists", "There is a form", "Leave the value empty, or say which by a CSS selector.", False),
    "link": Kind("A link between two pages", "There is a link from {}", "Two paths, such as / -> /prices."),
    "image": Kind(
        "An image with alternative text",
        "There is an image with alternative text",
        "Leave the value empty, or give words that its alternative text must hold, such as climbing wall.",
        False,
    ),
    "language": Kind("A language", "Its language is {}", "A language tag that the page declares, such as de or pt-BR."),
    "color": Kind("A colour is used", "It uses the colour {}", "A colour as #rrggbb, such as #0b5fff."),
    "font": Kind("A font is used", "It uses the font {}", "A font's name, such as Inter."),
    "phone": Kind("Works on a phone", "It fits a phone's width", "No value.", False),
    "https": Kind("Served over HTTPS", "It is served over HTTPS", "No value.", False),
    "load_time": Kind("Loads in time", "It loads in under {} seconds", "Seconds from 0.1 to 30, such as 2 or 1.5."),
}
"""Stored word -> kind. `free` is for people to judge; the checker tries all others."""


def sentence(kind: str, value: str) -> str:
    """The requirement as a bidder reads it."""
    if kind == "form" and value:
        return f"There is a form {value}"
    if kind == "image" and value:
        return f"There is an image described as “{value}”"
    return KINDS[kind].sentence.format(value.replace(" -> ", " to ") if kind == "link" else value)


def is_checkable(kind: str) -> bool:
    """Whether a check can try it, rather than only a person."""
    return kind != FREE


def tidy(kind: str, value: str) -> str:
    """The value as kept: trimmed, on one line, and empty where the kind has no use for one."""
    plain = " ".join(value.split())
    if kind in ("phone", "https"):
        return ""
    if kind == "link" and (ends := link_ends(plain)):
        return " -> ".join(ends)
    if kind == "color":
        return plain.lower()
    return plain.strip("\"'") if kind == "font" else plain


def problem(kind: str, value: str) -> str | None:
    """What is wrong with the value for this kind, as a sentence that says how to mend it; None if nothing is."""
    if kind not in KINDS:
        return "Choose a kind from the list."
    if not value:
        return _MENDS[kind] if KINDS[kind].needs_value else None
    if len(value) > MAX_VALUE_LENGTH:
        return f"Use {MAX_VALUE_LENGTH} characters at most; this has {len(value)}."
    if kind in ("selector", "form") and len(value) > MAX_SELECTOR_LENGTH:
        return f"Use a selector of {MAX_SELECTOR_LENGTH} characters at most; this has {len(value)}."
    fits = _FITS.get(kind)
    return None if fits is None or fits(value) else _MENDS[kind]


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
