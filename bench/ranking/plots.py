"""The study's plots as SVG: dots with whiskers and lines, for light and dark pages, with their content in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from bench.ranking.figures import Estimate

WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 720, 236, 24, 62, 27, 42
STYLE = """
svg { font: 13px system-ui, sans-serif; }
.paper { fill: #fff; } text { fill: #1a1d20; } .quiet { fill: #565c63; } .title { font-weight: 600; font-size: 15px; }
.grid { stroke: #d8dad6; } .band { fill: #e0f3e7; } .own { font-weight: 600; }
.s0 { stroke: #0b57c9; fill: #0b57c9; } .s1 { stroke: #a05a00; fill: #a05a00; } .s2 { stroke: #12663f; fill: #12663f; }
line, polyline { stroke-width: 2; } .grid { stroke-width: 1; } polyline { fill: none; }
.dashed { stroke-dasharray: 6 4; }
text.s0, text.s1, text.s2 { stroke: none; }
@media (prefers-color-scheme: dark) {
  .paper { fill: #16181a; } text { fill: #eceef0; } .quiet { fill: #a9b0b8; }
  .grid { stroke: #3a3f45; } .band { fill: #17382a; }
  .s0 { stroke: #8ab8ff; fill: #8ab8ff; } .s1 { stroke: #f3c06b; fill: #f3c06b; }
  .s2 { stroke: #7ddba6; fill: #7ddba6; }
  polyline { fill: none; }
}
"""


@dataclass(frozen=True)
class Axis:
    """A scale from `low` to `high` with its ticks, drawn between two places in pixels."""

    low: float
    high: float
    ticks: tuple[float, ...]
    start: float
    end: float

    def at(self, value: float) -> float:
        """Pixels, to a tenth."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


class Dots(NamedTuple):
    """One row: a label and one estimate for each series."""

    label: str
    estimates: tuple[Estimate, ...]
    is_ours: bool = False


class Line(NamedTuple):
    """One line in a panel: points as (x, estimate), the series that gives its colour."""

    label: str
    points: Sequence[tuple[float, Estimate]]
    series: int


def dots(
    title: str, rows: Sequence[Dots], names: Sequence[str], ticks: tuple[float, ...],
    band: tuple[float, float] | None = None,
) -> str:  # fmt: skip
    """A row a way to rank; circles for the first series, squares for the second, whiskers for their intervals."""
    bottom = TOP + ROW * len(rows)
    axis = Axis(ticks[0], ticks[-1], ticks, LEFT, WIDTH - RIGHT)
    parts = [_key(names)]
    if band:
        left, right = axis.at(band[0]), axis.at(band[1])
        parts.append(f'<rect class="band" x="{left}" y="{TOP}" width="{right - left:.1f}" height="{bottom - TOP}"/>')
    for tick in ticks:
        x = axis.at(tick)
        parts.append(f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{bottom}"/>')
        parts.append(f'<text class="quiet" x="{x}" y="{bottom + 20}" text-anchor="middle">{tick:g}</text>')
    for number, row in enumerate(rows):
        middle = TOP + ROW * (number + 0.5)
        own = ' class="own"' if row.is_ours else ""
        parts.append(f'<text{own} x="{LEFT - 14}" y="{middle + 4}" text-anchor="end">{escape(row.label)}</text>')
        spread = 5 if len(row.estimates) > 1 else 0
        for series, one in enumerate(row.estimates):
            parts.append(_whisker(axis, one, series, middle + spread * (2 * series - 1)))
    told = "; ".join(
        f"{row.label}: " + ", ".join(f"{name} {one.value:.2f}" for name, one in zip(names, row.estimates, strict=True))
        for row in rows
    )
    return _page(title, told, bottom + BOTTOM, parts)


def _whisker(axis: Axis, one: Estimate, series: int, y: float) -> str:
    x = axis.at(one.value)
    mark = (
        f'<circle cx="{x}" cy="{y}" r="4"/>'
        if series == 0
        else f'<rect x="{x - 3.5}" y="{y - 3.5}" width="7" height="7"/>'
    )
    return f'<g class="s{series}"><line x1="{axis.at(one.low)}" y1="{y}" x2="{axis.at(one.high)}" y2="{y}"/>{mark}</g>'


def _key(names: Sequence[str]) -> str:
    x, parts = LEFT, []
    for series, name in enumerate(names):
        mark = (
            f'<circle cx="{x + 4}" cy="46" r="4"/>' if series == 0 else f'<rect x="{x}" y="42" width="8" height="8"/>'
        )
        parts.append(f'<g class="s{series}">{mark}</g><text x="{x + 16}" y="50">{escape(name)}</text>')
        x += 150
    return "".join(parts)


def panels(title: str, across: str, panes: Sequence[tuple[str, Sequence[Line]]], ticks: tuple[float, ...]) -> str:
    """Panels side by side with the same scale upwards; each line is named at its right end."""
    top, bottom, each = 74, 330, (WIDTH - 40) / len(panes)
    parts: list[str] = []
    told: list[str] = []
    for number, (heading, lines) in enumerate(panes):
        left = 44 + number * each
        upward = Axis(ticks[0], ticks[-1], ticks, bottom, top)
        onward = Axis(0, 1, (0, 0.25, 0.5, 0.75, 1), left, left + each - 132)
        parts.append(f'<text class="own" x="{left}" y="56">{escape(heading)}</text>')
        for tick in ticks:
            y = upward.at(tick)
            parts.append(f'<line class="grid" x1="{onward.start}" y1="{y}" x2="{onward.end}" y2="{y}"/>')
            parts.append(f'<text class="quiet" x="{left - 8}" y="{y + 4}" text-anchor="end">{tick:g}</text>')
        parts += [
            f'<text class="quiet" x="{onward.at(tick)}" y="350" text-anchor="middle">{tick:.0%}</text>'
            for tick in onward.ticks
        ]
        for line in lines:
            parts += _line(line, onward, upward)
            told += [f"{heading}, {line.label}: " + ", ".join(f"{x:.0%} {one.value:.2f}" for x, one in line.points)]
    parts.append(f'<text class="quiet" x="44" y="376">{escape(across)}</text>')
    return _page(title, "; ".join(told), 390, parts)


def _line(line: Line, onward: Axis, upward: Axis) -> list[str]:
    points = [(onward.at(x), upward.at(one.value)) for x, one in line.points]
    path = " ".join(f"{x},{y}" for x, y in points)
    marks = "".join(f'<circle cx="{x}" cy="{y}" r="3.5"/>' for x, y in points)
    whiskers = "".join(
        f'<line x1="{x}" y1="{upward.at(one.low)}" x2="{x}" y2="{upward.at(one.high)}"/>'
        for (x, _), (_, one) in zip(points, line.points, strict=True)
    )
    x, y = points[-1]
    return [
        f'<g class="s{line.series}"><polyline points="{path}"/>{whiskers}{marks}</g>',
        f'<text class="s{line.series}" x="{x + 10}" y="{y + 4}">{escape(line.label)}</text>',
    ]


def _page(title: str, told: str, height: float, parts: Sequence[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}"',
            ' role="img" aria-labelledby="title desc">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(told)}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{height:g}" rx="8"/>',
            f'<text class="title" x="24" y="27">{escape(title)}</text>',
            *parts,
            "</svg>\n",
        ]
    )
