"""The kinds of requirement: what each promises a bidder will be checked."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.prototypes.values import FREE

MAX_REQUIREMENTS = 30


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: `label` in lists, `sentence` on the job page ("{}" is the value), `hint` for whoever writes it."""

    label: str
    sentence: str
    hint: str


KINDS: dict[str, Kind] = {
    "free": Kind("In your own words", "{}", "Nothing checks it: you judge it yourself when you compare bids."),
    "page": Kind("A page exists", "There is a page at {}", "A path that starts with /, such as /prices."),
    "text": Kind("A text appears", "The text “{}” appears", "The words themselves, on the start page or a page above."),
    "selector": Kind("An element exists", "There is an element {}", "A CSS selector, such as nav a or #map."),
    "form": Kind("A form exists", "There is a form", "Leave the value empty, or say which by a CSS selector."),
    "link": Kind("A link between two pages", "There is a link from {}", "Two paths, such as / -> /prices."),
    "image": Kind(
        "An image with alternative text",
        "There is an image with alternative text",
        "Leave the value empty, or give words that its alternative text must hold, such as climbing wall.",
    ),
    "language": Kind("A language", "Its language is {}", "A language tag that the page declares, such as de or pt-BR."),
    "color": Kind("A colour is used", "It uses the colour {}", "A colour as #rrggbb, such as #0b5fff."),
    "font": Kind("A font is used", "It uses the font {}", "A font's name, such as Inter."),
    "phone": Kind("Works on a phone", "It fits a phone's width", "No value."),
    "https": Kind("Served over HTTPS", "It is served over HTTPS", "No value."),
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
