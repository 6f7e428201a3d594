"""The weights of the score, by version, so that every past rank can be replayed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, NamedTuple


class Prior(NamedTuple):
    """The prior belief about a bidder's share of successes, and its effect on points."""

    share: Fraction
    """The market's average share, which a newcomer is assumed to have."""
    worth: int
    """How many cases the prior weighs as much as."""
    spread: Fraction
    """Distance from the prior at which the points reach their maximum or minimum."""


REVIEWS = Prior(Fraction(93, 100), 8, Fraction(16, 100))
PROMISES = Prior(Fraction(85, 100), 8, Fraction(25, 100))
CONTRACTS = Prior(Fraction(90, 100), 8, Fraction(20, 100))


@dataclass(frozen=True, slots=True)
class Weights:
    """Points in milli-points, shares as exact fractions; promises, completion and speed of 0: not scored (v1)."""

    version: str
    verified: int
    requirements: int
    polish: int
    dead: int
    match: int
    record: int
    price: int
    promises: int = 0
    completion: int = 0
    speed: int = 0
    alone: int = 10_000
    """What `verified` is on a job with nothing that a check can try: being live is all that can be seen there."""
    threshold: Fraction = Fraction(35, 100)
    """Share of requirements that a live prototype must meet to count as verified."""
    polish_cap: Fraction = Fraction(7, 10)
    reviews: Prior = REVIEWS
    promised: Prior = PROMISES
    contracts: Prior = CONTRACTS
    half_speed_hours: int = 24
    """A promise to go live in so many hours gives half of the points for speed."""

    @property
    def total(self) -> int:
        """The most that a bid can score, milli-points."""
        return sum(self.most(name) for name in NAMES if name != "dead")

    def most(self, name: str) -> int:
        """The most that a term can give, or take where it only takes, milli-points."""
        weight: int = getattr(self, name)
        return round(weight * self.polish_cap) if name == "polish" else weight


NAMES = (
    "verified", "requirements", "polish", "dead", "match", "record", "promises", "completion", "price", "speed",
)  # fmt: skip
"""The weighted terms, in the order in which a score has them."""

BOUNDS = {
    "verified": (1_000, 100_000),
    "requirements": (25_000, 100_000),
    "polish": (1_500, 5_000),
    "dead": (-10_000, -2_000),
    "match": (0, 100_000),
    "record": (0, 20_000),
    "promises": (1_000, 10_000),
    "completion": (1_000, 10_000),
    "price": (0, 8_000),
    "speed": (1_000, 5_000),
}
"""Least and most of each weight, milli-points: no weight turns good into bad; polish moves a score by 3.5 points at
most, price by 16 (from -8 to 8), a mere promise by 5; one good review, promise kept or contract completed by one.
What the product stands for has a floor, whatever clients choose: work that was seen to do what was asked (a quarter of
all points), a prototype that can be used by everybody without waiting, no dead links; and nothing that a client can
turn up in a view of their own is worth nothing."""


def as_json(weights: Weights) -> dict[str, Any]:
    """Weights for a row or a file; `from_json` reads them back the same."""
    return {field.name: _plain(getattr(weights, field.name)) for field in fields(Weights)}


def from_json(values: dict[str, Any]) -> Weights:
    """Weights from what `as_json` gave."""
    read = {field.name: values[field.name] for field in fields(Weights) if field.name in values}
    for name in ("threshold", "polish_cap"):
        read[name] = Fraction(read[name])
    for name in ("reviews", "promised", "contracts"):
        share, worth, spread = read[name]
        read[name] = Prior(Fraction(share), worth, Fraction(spread))
    return Weights(**read)


def _plain(value: Any) -> Any:
    if isinstance(value, Prior):
        return [str(value.share), value.worth, str(value.spread)]
    return str(value) if isinstance(value, Fraction) else value


V1 = Weights(
    version="v1",
    verified=10_000,
    requirements=30_000,
    polish=5_000,
    dead=-2_000,
    match=25_000,
    record=20_000,
    price=8_000,
)
V2 = Weights(
    version="v2",
    verified=1_000,
    requirements=25_000,
    polish=1_500,
    dead=-2_000,
    match=24_620,
    record=20_000,
    promises=10_000,
    completion=9_330,
    price=8_000,
    speed=1_000,
)
"""Fitted on the choices of simulated market A (`python -m bench.ranking`, docs/ranking-study.md)."""

WEIGHTS = {weights.version: weights for weights in (V1, V2)}
CURRENT = V2
