"""Polish: one number for a page's speed, weight and accessibility.

    polish = 0.30 lcp + 0.20 shift + 0.20 blocking + 0.10 weight + 0.20 access

Each part is 1 up to its good bound, 0 from its poor bound on, and falls in a straight line between the two. Parts that
weren't measured are left out and the others' weights scaled up; nothing comes of it when less than half was measured.
Less time, shift, weight or fewer violations never lower the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marketplace.checker.browser.view import Rendering

POLISH_VERSION = 1
MIN_WEIGHT = 0.5
"""Weight of measured parts below which there is no number."""


@dataclass(frozen=True, slots=True)
class Band:
    """Up to `good` is good, beyond `poor` is poor."""

    good: float
    poor: float

    def score(self, value: float) -> float:
        """1..0, the smaller the value the better."""
        return min(max((self.poor - value) / (self.poor - self.good), 0.0), 1.0)


LCP_MS = Band(2500, 4000)
"""Largest contentful paint, web.dev/articles/lcp."""
SHIFT = Band(0.1, 0.25)
"""Cumulative layout shift, web.dev/articles/cls."""
BLOCKING_MS = Band(200, 600)
"""Total blocking time, web.dev/articles/tbt for the good bound, Lighthouse's scoring for the poor one."""
WEIGHT_BYTES = Band(1600 * 1024, 5000 * 1024)
"""Lighthouse's audit "Avoid enormous network payloads": aim below 1,600 KiB, warned about above 5,000 KiB."""
ACCESS_POINTS = Band(0, 30)
"""Sum over the violated axe rules, by impact (IMPACT_POINTS)."""
IMPACT_POINTS = {"critical": 10, "serious": 7, "moderate": 3, "minor": 1}
"""As Lighthouse weighs its accessibility audits, largely after the impact that axe gives them."""


def polish_of(rendering: Rendering) -> float | None:
    """0..1, or None when it wasn't measured."""
    if not rendering.is_measured:
        return None
    parts: tuple[tuple[float, Band, float | None], ...] = (
        (0.30, LCP_MS, rendering.lcp_ms),
        (0.20, SHIFT, rendering.layout_shift),
        (0.20, BLOCKING_MS, rendering.blocking_ms),
        (0.10, WEIGHT_BYTES, rendering.bytes),
        (0.20, ACCESS_POINTS, access_points(rendering.axe)),
    )
    measured = [(weight, band.score(value)) for weight, band, value in parts if value is not None]
    total = sum(weight for weight, _ in measured)
    return round(sum(weight * score for weight, score in measured) / total, 4) if total >= MIN_WEIGHT else None


def access_points(axe: dict[str, Any] | None) -> int | None:
    """What the violations weigh together, each rule once however often it is broken; None without axe."""
    if axe is None:
        return None
    return sum(IMPACT_POINTS.get(str(rule.get("impact")), 1) for rule in axe.get("violations", ()))
