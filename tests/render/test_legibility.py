# ruff: noqa: E501, ISC004 (pages read better on one line)
"""Ignore illegible text when matching; over gradients and images text counts as legible."""

from __future__ import annotations

import pytest

from marketplace.checker.spec import Requirement
from tests.render.conftest import Look
from tests.render.test_observer import PICTURE

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
    "words with markup within": ("text", "Opening hours", "<p>Open<em>ing</em> ho<b>urs</b>", True),
    "words that fade in later": (
        "text", "our wall", "<style>@keyframes f { from { opacity: 0 } }</style><p style='animation: f 1s 8s both'>Our wall", True,
    ),
    "words that stay away": ("text", "our wall", "<p style='opacity: 0'>Our wall", False),
    "a form whose fields are called as what is asked of it": (
        "form", "#ask", "<form id=ask><input name=closest><input name=matches><input name=getBoundingClientRect></form>", True,
    ),
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
    "white words that leave a white box for a dark one": (
        "text", "our wall", "<style>.bar { background: white; color: white; height: 40px } .bar p { position: relative; top: 90px }"
        "</style><div class=bar><p>Our wall</p></div><div style='background: navy; height: 300px'></div>", True,
    ),
    "white words that leave a white box for the page": (
        "text", "our wall", "<div style='background: white; color: white; height: 40px'><p style='margin: 90px 0'>Our wall</div>", False,
    ),
    "white words half out of a black box": (
        "text", "our wall", "<div style='background: black; height: 12px'><p style='color: white; margin: 0'>Our wall</div>", True,
    ),
    "white words that float out of a white box without height": (
        "text", "our wall", "<main style='background: black; height: 300px'><div style='background: white'>"
        "<p style='float: left; color: white'>Our wall</div></main>", True,
    ),
    "white words in a body without height": (
        "text", "our wall", "<body style='background: black; height: 0'><p style='margin: 300px 0; color: white'>Our wall", True,
    ),
    "white words on a shadow inside a box": (
        "text", "our wall", "<p style='box-shadow: inset 0 0 0 99px navy; color: white'>Our wall", True,
    ),
    "white words on a thick border": (
        "text", "our wall", "<div style='border-top: 60px solid navy'><p style='margin-top: -50px; color: white'>Our wall</div>", True,
    ),
    "white words on a picture for a border": (
        "text", "our wall", "<p style='border: 5px solid; border-image: linear-gradient(navy, navy) 1 fill; color: white'>Our wall", True,
    ),
    "drawn words": (
        "text", "our wall", "<div style='color: white'><svg width=300 height=60><text y=30 fill=black>Our wall</text></svg></div>", True,
    ),
    "drawn words in the color of the page": (
        "text", "our wall", "<svg width=300 height=60><text y=30 fill=white>Our wall</text></svg>", False,
    ),
    "white drawn words on a drawn box": (
        "text", "our wall", "<svg width=300 height=60><rect width=300 height=60 /><text y=30 fill=white>Our wall</text></svg>", True,
    ),
    "drawn words that are a gradient": (
        "text", "our wall", "<svg width=300 height=60><linearGradient id=g><stop stop-color=red></linearGradient>"
        "<text y=30 fill='url(#g)'>Our wall</text></svg>", True,
    ),
    "words drawn in a small measure": (
        "text", "our wall", "<svg viewBox='0 0 10 2' width=500 height=100><text y=1 font-size=1>Our wall</text></svg>", True,
    ),
    "words drawn too small": (
        "text", "our wall", "<svg viewBox='0 0 900 90' width=90 height=9><text y=30 font-size=20>Our wall</text></svg>", False,
    ),
    "white words whose first line is black": (
        "text", "our wall", "<style>p { color: white } p::first-line { color: black }</style><p><b>Our wall</b>", True,
    ),
    "a white letter that is black as the first": (
        "text", "o", "<style>h1, p { color: white } p::first-letter { color: black }</style><p>O", True,
    ),
    "white words turned black": (
        "text", "our wall", "<div style='filter: invert(1)'><p style='color: white'>Our wall</div>", True,
    ),
    "words that are a plain background": (
        "text", "our wall", "<p style='background: navy; background-clip: text; color: transparent'><b>Our wall</b>", True,
    ),
    "words that are a white background": (
        "text", "our wall", "<p style='background: white; background-clip: text; color: transparent'>Our wall", False,
    ),
    "words about to appear": (
        "text", "our wall", "<style>@keyframes fade { from { opacity: 0.01 } }</style>"
        "<div style='animation: fade 1s 50s both'><p>Our wall</div>", True,
    ),
    "words that nobody waits for": (
        "text", "our wall", "<style>@keyframes fade { from { opacity: 0.01 } }</style>"
        "<div style='animation: fade 1s 9000s both'><p>Our wall</div>", False,
    ),
    "white words over a dark box on a page with an odd form": (
        "text", "our wall", "<form><input name=matches><input name=localName><input name=contains>"
        "<input name=getBoundingClientRect><input name=parentElement><input name=getAnimations><input name=offsetHeight>"
        "<p style='position: relative; z-index: 1; color: white'>Our wall</form>"
        "<div style='background: navy; height: 90px; margin-top: -80px'></div>", True,
    ),
    "words turned by a quarter": (
        "text", "our wall", "<p style='transform: rotate(90deg); width: 200px; margin: 90px; font-size: 13px'>Our wall", True,
    ),
    "words squeezed": ("text", "our wall", "<p style='transform: scaleX(0.002)'>Our wall", False),
    "words in a closed fold": (
        "text", "our wall", "<div style='height: 0; overflow: hidden'><p>Our wall</div>", False,
    ),
    "words in a fold without width": (
        "text", "our wall", "<div style='width: 0; overflow: hidden'><p>Our wall</div>", False,
    ),
    "words that overflow a box without height": ("text", "our wall", "<div style='height: 0'><p>Our wall</div>", True),
    "words for screen readers": (
        "text", "our wall", "<span style='position: absolute; width: 1px; height: 1px; overflow: hidden'><b>Our wall</b></span>",
        False,
    ),
    "placed words that a fold doesn't hold": (
        "text", "our wall", "<div style='height: 0; overflow: hidden'><p style='position: absolute'>Our wall</div>", True,
    ),
    "words moved off the page": ("text", "our wall", "<p style='text-indent: -9999px'>Our wall", False),
    "words moved out of a box": (
        "text", "our wall", "<p style='text-indent: 100%; width: 200px; overflow: hidden; white-space: nowrap'>Our wall", False,
    ),
    "words where no page scrolls to": (
        "text", "our wall", "<body style='overflow-x: hidden'><p style='position: absolute; left: 9000px'>Our wall", False,
    ),
    "words on a wide page": ("text", "our wall", "<p style='position: absolute; left: 9000px'>Our wall", True),
    "words far down": ("text", "our wall", "<p style='margin-top: 9000px'>Our wall", True),
    "words far down in a part that scrolls": (
        "text", "our wall", "<div style='height: 300px; overflow: auto'><p style='margin-top: 9000px'>Our wall</div>", True,
    ),
    "words below a dialog that keeps the page": (
        "text", "our wall", "<body style='overflow: hidden; height: 100vh'><p style='margin-top: 2000px'>Our wall", True,
    ),
    "words on the third slide": (
        "text", "our wall", "<div style='width: 300px; overflow: hidden'><div style='display: flex; transform: translateX(0)'>"
        "<p style='flex: 0 0 300px'>One<p style='flex: 0 0 300px'>Two<p style='flex: 0 0 300px'>Our wall</div></div>", True,
    ),
    "words that begin further in on the second slide": (
        "text", "our wall", "<div style='width: 300px; overflow: hidden; clip-path: inset(0); text-indent: 20px'>"
        "<div style='display: flex'><p style='flex: 0 0 300px'>One<p style='flex: 0 0 300px'>Our wall</div></div>", True,
    ),
    "words that run through": ("text", "our wall", "<marquee>Our wall</marquee>", True),
    "a text to be filled in": ("text", "our wall", "<textarea>Our wall</textarea>", True),
    "words fixed below the window": ("text", "our wall", "<p style='position: fixed; top: 200vh'>Our wall", False),
    "words fixed in the window": ("text", "our wall", "<p style='position: fixed; bottom: 0'>Our wall", True),
    "words cut off": ("text", "our wall", "<div style='clip-path: inset(100%)'><p>Our wall</div>", False),
    "words cut off from both sides": ("text", "our wall", "<p style='clip-path: inset(0 50%)'>Our wall", False),
    "words in a box with cut corners": ("text", "our wall", "<p style='clip-path: inset(0 2% round 9px)'>Our wall", True),
    "words cut off the old way": (
        "text", "our wall", "<p style='position: absolute; clip: rect(0, 0, 0, 0)'>Our wall", False,
    ),
    "words filtered out": ("text", "our wall", "<div style='filter: opacity(0)'><p>Our wall</div>", False),
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
def test_illegible_content_is_ignored(look: Look, kind: str, value: str, page: str, is_seen: bool) -> None:
    seen = look(f"<h1>A headline</h1>{page}", {"/a.svg": PICTURE}, wanted=[Requirement("1", kind, value)]).seen
    assert seen == (frozenset("1") if is_seen else frozenset())
