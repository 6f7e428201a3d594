# ruff: noqa: E501, ISC004 (pages read better on one line)
"""What is there but can't be read or made out doesn't count; where a gradient or a picture is behind it, it does."""

from __future__ import annotations

import pytest

from marketplace.prototypes.requirements import Requirement
from tests.render.conftest import Look
from tests.render.test_measures import PICTURE

pytestmark = pytest.mark.browser

PLACES = {
    "words in the color of the page": ("text", "our wall", "<p style='color: #fffffe'>Our wall", False),
    "words in the color of what they are in": (
        "text", "our wall", "<div style='background: rgb(20 30 40)'><p style='color: #19232d'>Our wall</div>", False,
    ),
    "words in the color of a dark page": (
        "text", "our wall", "<style>:root { color-scheme: dark } p { color: #111 }</style><p>Our wall", False,
    ),
    "words in a color that only looks another": (
        "text", "our wall", "<p style='color: black; -webkit-text-fill-color: white'>Our wall", False,
    ),
    "words in a transparent color": ("text", "our wall", "<p style='color: rgb(0 0 0 / 0.05)'>Our wall", False),
    "words that are all but see-through": (
        "text", "our wall", "<div style='opacity: 0.3'><p style='opacity: 0.3'>Our wall</div>", False,
    ),
    "words of one pixel": ("text", "our wall", "<p style='font-size: 1px'>Our wall and all else of it", False),
    "words made small": ("text", "our wall", "<p style='transform: scale(0.15)'>Our wall", False),
    "words with a shadow of their own color": (
        "text", "our wall", "<p style='color: white; text-shadow: 0 0 2px white'>Our wall", False,
    ),
    "words hidden at first, shown below": ("text", "our wall", "<p style='color: white'>Our wall</p><p>Our wall", True),
    "words in gray": ("text", "our wall", "<p style='color: #ddd'>Our wall", True),
    "small print": ("text", "our wall", "<p style='font-size: 6px'>Our wall", True),
    "white words on black": (
        "text", "our wall", "<div style='background: black'><p style='color: white'>Our wall</div>", True,
    ),
    "white words on what shows through": (
        "text", "our wall", "<body style='background: black'><p style='color: white; background: #fff1'>Our wall", True,
    ),
    "white words on a dark page": (
        "text", "our wall", "<style>:root { color-scheme: dark }</style><p style='color: white'>Our wall", True,
    ),
    "white words on a gradient": (
        "text", "our wall", "<div style='background: linear-gradient(#fff, #000)'><p style='color: white'>Our wall</div>",
        True,
    ),
    "words that are a gradient": (
        "text", "our wall",
        "<p style='background: linear-gradient(red, blue); background-clip: text; color: transparent'>Our wall", True,
    ),
    "white words over a picture beside them": (
        "text", "our wall", "<div style='position: relative'><img src=/a.svg style='width: 400px; height: 300px'>"
        "<p style='position: absolute; top: 0; color: white'>Our wall</div>", True,
    ),
    "white words over a box beside them": (
        "text", "our wall", "<header style='position: absolute; top: 0; color: white'>Our wall</header>"
        "<div style='position: absolute; top: 0; left: 0; height: 300px; width: 500px; background: navy; z-index: -1'></div>",
        True,
    ),
    "white words over what a style adds": (
        "text", "our wall", "<style>div { position: relative } div::before { content: ''; position: absolute; inset: 0;"
        " background: navy; z-index: -1 }</style><div style='color: white'>Our wall</div>", True,
    ),
    "white words with a shadow": (
        "text", "our wall", "<p style='color: white; text-shadow: 0 0 2px black'>Our wall", True,
    ),
    "white words beside a picture": (
        "text", "our wall", "<img src=/a.svg style='width: 400px; height: 300px'><p style='color: white'>Our wall", False,
    ),
    "a part whose words are white": ("selector", ".price", "<p class=price style='color: white'>12 <b>EUR</b>", False),
    "a part with one word to be read": (
        "selector", ".price", "<p class=price style='color: white'>12 <b style='color: black'>EUR</b>", True,
    ),
    "a part without words": ("selector", ".box", "<div class=box style='height: 50px; background: red'></div>", True),
    "a part that is all but see-through": (
        "selector", ".box", "<div class=box style='height: 50px; background: red; opacity: 0.05'></div>", False,
    ),
    "a form of two pixels": (
        "form", "", "<form><input name=a style='width: 2px; height: 2px; padding: 0; border: 0'></form>", False,
    ),
    "a picture that is all but see-through": ("image", "", "<img src=/a.svg alt=Wall style='opacity: 0.02'>", False),
    "a picture of two pixels": ("image", "", "<img src=/a.svg alt=Wall style='width: 2px; height: 2px'>", False),
    "a small picture": ("image", "", "<img src=/a.svg alt=Wall style='width: 16px; height: 16px'>", True),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "page", "is_seen"), PLACES.values(), ids=PLACES)
def test_what_counts_is_what_a_visitor_can_make_out(
    look: Look, kind: str, value: str, page: str, is_seen: bool
) -> None:
    seen = look(f"<h1>A headline</h1>{page}", {"/a.svg": PICTURE}, wanted=[Requirement("1", kind, value)]).seen
    assert seen == (frozenset("1") if is_seen else frozenset())
