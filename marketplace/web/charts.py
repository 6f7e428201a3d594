"""Where the bars of a chart stand, so that templates draw without reckoning; units are those of the SVG's viewBox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

WIDE = 200
"""Width of a bar's viewBox."""
HISTOGRAM_WIDTH, HISTOGRAM_FLOOR, TALLEST = 256, 70, 60
STRIP_WIDTH, LEAST_DOWN = 400, 3
"""A failure is never too short to see."""


@dataclass(frozen=True, slots=True)
class Rect:
    """One <rect>; `css` is its class, `rx` the radius of its corners."""

    css: str
    x: float
    y: float
    width: float
    height: float
    rx: float = 0

    @property
    def attributes(self) -> dict[str, str | float]:
        """As SVG names them."""
        size = {"x": self.x, "y": self.y, "width": self.width, "height": self.height, "rx": self.rx}
        return {"class": self.css, **size}


def rect(css: str, x: float, width: float, y: float = 0, height: float = 8, rx: float = 0) -> Rect:
    """A rectangle with every number rounded to a tenth."""
    return Rect(css, round(x, 1), round(y, 1), round(width, 1), round(height, 1), rx)


def bar(value: float, maximum: float, best: float | None = None, tone: int = 1, known: bool = True) -> list[Rect]:
    """A value on a track from 0 to `maximum`, with a mark at the best; an outline where the value is not known."""
    top = maximum or 1
    if known:
        shapes = [rect("track", 0, WIDE, rx=2), rect(f"p{tone}", 0, WIDE * max(0, min(value, top)) / top, rx=2)]
    else:
        shapes = [rect("unscored", 1, WIDE - 2, y=1, height=6)]
    return [*shapes, rect("best", min(WIDE - 3, WIDE * best / top), 3)] if best is not None and best > 0 else shapes


def step(start: float, end: float, low: float, high: float, tone: int) -> list[Rect]:
    """One part of a sum on the scale low..high: the sum before it, its own part, a mark at 0 where the scale has it."""
    scale = WIDE / ((high - low) or 1)
    shapes = [rect("track", 0, WIDE, y=3, height=2)]
    if start:
        shapes.append(rect("sofar", (min(0, start) - low) * scale, abs(start) * scale, y=3, height=2))
    if end != start:
        css = "minus" if end < start else f"p{tone}"
        shapes.append(rect(css, (min(start, end) - low) * scale, max(0.8, abs(end - start) * scale)))
    return [*shapes, rect("best", -low * scale, 0.8)] if low < 0 else shapes


def stacked(parts: Sequence[tuple[float, float, bool]]) -> list[Rect]:
    """A whole score as one bar of parts (points, most, known), each as wide as the most it can give."""
    total = sum(most for _, most, _ in parts) or 1
    shapes: list[Rect] = []
    x = 0.0
    for tone, (points, most, known) in enumerate(parts, 1):
        width = WIDE * most / total
        if known:
            shapes.append(rect("track", x, width - 2))
            shapes.append(rect(f"p{tone}", x, max(0, width * max(points, 0) / (most or 1) - 2)))
        else:
            shapes.append(rect("unscored", x + 1, width - 4, y=1, height=6))
        x += width
    return shapes


def histogram(bins: Sequence[int], low: int, high: int, budget_min: int, budget_max: int) -> list[Rect]:
    """Counts of prices in equal steps from `low` to `high`, before the budget as a shade; prices in minor units."""
    span = (high - low) or 1
    begin = max(0, HISTOGRAM_WIDTH * (budget_min - low) / span)
    end = min(HISTOGRAM_WIDTH, HISTOGRAM_WIDTH * (budget_max - low) / span)
    tallest = max(bins, default=0) or 1
    wide = HISTOGRAM_WIDTH / (len(bins) or 1)
    tall = [TALLEST * count / tallest for count in bins]
    return [
        rect("within", begin, max(2, end - begin), height=HISTOGRAM_FLOOR),
        *(
            rect("p1", index * wide + 1, wide - 2, y=HISTOGRAM_FLOOR - height, height=height)
            for index, height in enumerate(tall)
            if height
        ),
    ]


def uptime(stretches: Sequence[tuple[str, float, float]]) -> list[Rect]:
    """A strip of ("up" | "down" | "none", begin, length), as shares of the whole."""
    return [
        rect(
            state,
            min(STRIP_WIDTH - LEAST_DOWN, STRIP_WIDTH * begin),
            max(LEAST_DOWN if state == "down" else 0, STRIP_WIDTH * length),
            height=16,
        )
        for state, begin, length in stretches
    ]


def interval(value: float, low: float, high: float, expected: float | None = None, top: float = 1) -> list[Rect]:
    """A value with its interval and a mark where chance would put it, on a scale from 0 to `top`."""
    scale = WIDE / top
    shapes = [
        rect("track", 0, WIDE, y=2),
        rect("p1", 0, scale * value, y=2),
        rect("whisker", scale * low, max(scale * (high - low), 1), y=5, height=2),
    ]
    return shapes if expected is None else [*shapes, rect("best", min(WIDE - 2, scale * expected), 2, height=12)]


CHARTS: Mapping[str, Callable[..., list[Rect]]] = MappingProxyType(
    {one.__name__: one for one in (bar, step, stacked, histogram, uptime, interval)}
)
"""What the macros of components/charts.html draw, by name."""
