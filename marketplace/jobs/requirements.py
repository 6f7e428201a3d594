"""Kinds of requirement, and what each promises bidders will be checked."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.checker.requirement_values import FREE

MAX_REQUIREMENTS = 30


@dataclass(frozen=True, slots=True)
class RequirementKind:
    """One kind: `label` in lists, `sentence` on the job page ("{}" is the value), `hint` for the author."""

    label: str
    sentence: str
    hint: str


KINDS: dict[str, RequirementKind] = {
    "free": RequirementKind(
        "In your own words", "{}", "Nothing checks it: you judge it yourself when you compare bids."
    ),
    "page": RequirementKind("A page exists", "There is a page at {}", "A path that starts with /, such as /prices."),
    "text": RequirementKind(
        "A text appears", "The text “{}” appears", "The words themselves, on the start page or a page above."
    ),
    "selector": RequirementKind(
        "An element exists", "There is an element {}", "A CSS selector, such as nav a or #map."
    ),
    "form": RequirementKind(
        "A form exists", "There is a form", "Leave the value empty, or say which by a CSS selector."
    ),
    "link": RequirementKind("A link between two pages", "There is a link from {}", "Two paths, such as / -> /prices."),
    "image": RequirementKind(
        "An image with alternative text",
        "There is an image with alternative text",
        "Leave the value empty, or give words that its alternative text must hold, such as climbing wall.",
    ),
    "language": RequirementKind(
        "A language", "Its language is {}", "A language tag that the page declares, such as de or pt-BR."
    ),
    "color": RequirementKind("A colour is used", "It uses the colour {}", "A colour as #rrggbb, such as #0b5fff."),
    "font": RequirementKind("A font is used", "It uses the font {}", "A font's name, such as Inter."),
    "phone": RequirementKind("Works on a phone", "It fits a phone's width", "No value."),
    "https": RequirementKind("Served over HTTPS", "It is served over HTTPS", "No value."),
    "load_time": RequirementKind(
        "Loads in time", "It loads in under {} seconds", "Seconds from 0.1 to 30, such as 2 or 1.5."
    ),
}
"""Stored value -> kind. `free` is judged by people; the checker verifies all others."""


def sentence(kind: str, value: str) -> str:
    """The requirement as shown to bidders."""
    if kind == "form" and value:
        return f"There is a form {value}"
    if kind == "image" and value:
        return f"There is an image described as “{value}”"
    return KINDS[kind].sentence.format(value.replace(" -> ", " to ") if kind == "link" else value)


def is_checkable(kind: str) -> bool:
    """Whether a check can verify it without a person."""
    return kind != FREE
