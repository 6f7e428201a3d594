"""Tries the requirements that need a browser: phone width, load time, colours and fonts."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from marketplace.checker import colors
from marketplace.checker.browser.view import Rendering
from marketplace.checker.markup import Outcome, Trial

PHONE_PX = 390
"""Width at which the browser looks for overflow."""
_NO_BROWSER = "It takes a browser to tell."
_SHOWN = 5
"""Colours or fonts named in the evidence."""


def try_in_browser(kind: str, value: str, rendering: Rendering | None, arrived_ms: float) -> Trial:
    """Try one of IN_BROWSER; without a browser only a page that took too long to arrive can be judged."""
    if kind == "load_time":
        return _load_time(value, rendering, arrived_ms)
    if rendering is None or not rendering.is_measured:
        return Outcome.NOT_MEASURED, (rendering and rendering.sentence) or _NO_BROWSER
    return _MEASURED[kind](value, rendering)


def _load_time(value: str, rendering: Rendering | None, arrived_ms: float) -> Trial:
    limit = _seconds(value)
    if limit is None:
        return Outcome.NOT_MEASURED, "The number of seconds can't be read."
    if rendering and (shown_ms := rendering.lcp_ms) is not None:
        return _within(shown_ms, limit), f"Its largest part showed after {shown_ms / 1000:.2f} s in a browser."
    if rendering and (loaded_ms := rendering.load_ms) is not None:
        return _within(loaded_ms, limit), f"All of it had loaded after {loaded_ms / 1000:.2f} s in a browser."
    arrived = f"The page itself arrived in {arrived_ms / 1000:.2f} s"
    if _within(arrived_ms, limit) is Outcome.NOT_MET:
        return Outcome.NOT_MET, f"{arrived}, pictures and scripts not counted."
    return Outcome.NOT_MEASURED, f"{arrived}. {_NO_BROWSER}"


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if isfinite(seconds) else None


def _within(milliseconds: float, seconds: float) -> Outcome:
    return Outcome.MET if milliseconds <= seconds * 1000 else Outcome.NOT_MET


def _phone(_: str, rendering: Rendering) -> Trial:
    if rendering.overflow_px is None:
        return Outcome.NOT_MEASURED, "The browser couldn't tell how wide the page is."
    if rendering.overflow_px > 0:
        return Outcome.NOT_MET, f"It is {rendering.overflow_px} px wider than a screen of {PHONE_PX} px."
    return Outcome.MET, f"It fits a screen {PHONE_PX} px wide."


def _color(wanted: str, rendering: Rendering) -> Trial:
    if not rendering.colors:
        return Outcome.NOT_MEASURED, "The browser couldn't tell the page's colours."
    try:
        far, nearest = min((colors.distance(wanted, used), used) for used in rendering.colors)
    except ValueError:
        return Outcome.NOT_MEASURED, "The colour can't be read."
    if far <= colors.NOTICEABLE:
        return Outcome.MET, f"{nearest} is used" + ("." if nearest == wanted.lower() else ", which looks the same.")
    return Outcome.NOT_MET, (
        f"The nearest colour used is {nearest}: {far:.3f} away (OKLab); up to {colors.NOTICEABLE} looks the same."
    )


def _font(wanted: str, rendering: Rendering) -> Trial:
    if not rendering.fonts:
        return Outcome.NOT_MEASURED, "The browser couldn't tell the page's fonts."
    used = ", ".join(rendering.fonts[:_SHOWN])
    if wanted.strip("\"' ").casefold() in (font.casefold() for font in rendering.fonts):
        return Outcome.MET, f"Fonts used: {used}."
    return Outcome.NOT_MET, f"Not among the fonts used: {used}."


_MEASURED: dict[str, Callable[[str, Rendering], Trial]] = {"phone": _phone, "color": _color, "font": _font}
IN_BROWSER = frozenset({"load_time", *_MEASURED})
"""Kinds of requirement that are tried on what the browser measured."""
