"""The client's own order: the platform's points with groups of terms weighed up or down.

`static/js/own.js` is its twin in the browser; `tests/support/own_cases.py` holds both to the same orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from marketplace.ranking.score import Term

GROUPS: dict[str, tuple[str, ...]] = {
    "price": ("price",),
    "speed": ("speed",),
    "evidence": ("verified", "requirements", "polish", "dead"),
    "record": ("record", "promises", "completion"),
}
"""Adjustable group -> its terms; `match` always counts as it is."""
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}
PLATFORM = 100
"""Percent: as the platform weighs it."""
WORDS = {
    0: "not at all", 25: "much less", 50: "half as much", 75: "a bit less", 100: "as usual",
    125: "a bit more", 150: "more", 175: "much more", 200: "twice as much",
}  # fmt: skip
"""Every percentage that a client can choose, in words."""
_CHOICES = {str(percent): percent for percent in WORDS}


@dataclass(frozen=True, slots=True)
class Own:
    """How much each group counts, in percent of the platform's weights."""

    price: int = PLATFORM
    speed: int = PLATFORM
    evidence: int = PLATFORM
    record: int = PLATFORM

    @property
    def turned(self) -> dict[str, Any]:
        """The groups that count more or less than usual, as in an address; empty for the platform's order."""
        return {name: percent for name, percent in asdict(self).items() if percent != PLATFORM}


UNTURNED = Own()


class OwnPlace(NamedTuple):
    """A bid's place by the platform's weights; `groups` are its milli-points in the order of GROUPS."""

    id: int
    rank: int | None
    """None for a bid that holds no place."""
    score: int
    groups: tuple[int, ...]


def group_points(terms: Iterable[Term]) -> dict[str, int]:
    """Group -> the milli-points that a score has in it; terms that a version of the weights lacks give none."""
    sums = dict.fromkeys(GROUPS, 0)
    for term in terms:
        if term.name in _GROUP_OF:
            sums[_GROUP_OF[term.name]] += term.points
    return sums


def own_score(standing: OwnPlace, own: Own) -> int:
    """The sum of points times percent: hundredths of milli-points."""
    turned = zip(standing.groups, _percents(own), strict=True)
    return standing.score * PLATFORM + sum(points * (percent - PLATFORM) for points, percent in turned)


def own_order(standings: Iterable[OwnPlace], own: Own) -> list[OwnPlace]:
    """Best first; ties by the platform's rank, and bids that hold no place after all others."""

    def key(one: OwnPlace) -> tuple[bool, int, int, int]:
        return (one.rank is None, 0, 0, one.id) if one.rank is None else (False, -own_score(one, own), one.rank, one.id)

    return sorted(standings, key=key)


def own_points(score: int) -> str:
    """An own score as points: 7116200 is "71.2"; a half goes up, as it does in the browser."""
    return f"{(score + 5_000) // 10_000 / 10:g}"


def read_own(args: Mapping[str, str]) -> tuple[Own, list[str]]:
    """The order that query parameters ask for, and the groups with invalid values, which count as usual."""
    given = {name: args[name] for name in GROUPS if name in args}
    sound = {name: _CHOICES[value] for name, value in given.items() if value in _CHOICES}
    return Own(**sound), [name for name in given if name not in sound]


def _percents(own: Own) -> tuple[int, ...]:
    return own.price, own.speed, own.evidence, own.record
