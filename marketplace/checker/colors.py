"""How far apart two colours look."""

from __future__ import annotations

import re
from math import dist

NOTICEABLE = 0.02
"""The just noticeable difference of two colours (CSS Color 4, section 18: deltaEOK)."""
_HEX = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", re.IGNORECASE)
_Triple = tuple[float, float, float]


def distance(one: str, other: str) -> float:
    """0 (the same) to about 1 (black and white) between two "#rrggbb"; raises ValueError for anything else."""
    return dist(_oklab(one), _oklab(other))


def _oklab(color: str) -> _Triple:
    """A colour in OKLab, a perceptually uniform space (Ottosson 2020, "A perceptual color space")."""
    shape = _HEX.fullmatch(color)
    if not shape:
        raise ValueError(color)
    r, g, b = (_linear(int(part, 16) / 255) for part in shape.groups())
    l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)  # noqa: E741 (its usual name)
    m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    )


def _linear(part: float) -> float:
    """Undo sRGB's gamma curve."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
