"""The weights of the score, by version, so that every past rank can be replayed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Weights:
    """Points in milli-points; shares as exact fractions."""

    version: str
    verified: int
    requirements: int
    polish: int
    dead: int
    match: int
    record: int
    price: int
    threshold: Fraction
    """Share of requirements that a live prototype must meet to count as verified."""
    polish_cap: Fraction
    prior: Fraction
    """What share of reviews is positive in the market at large; a newcomer is taken to be average."""
    prior_weight: int
    """As many reviews as the prior is worth."""
    record_spread: Fraction
    """Distance from the prior at which the record is as good (or bad) as it gets."""

    @property
    def total(self) -> int:
        """The most that a bid can score, milli-points."""
        return (
            self.verified
            + self.requirements
            + int(self.polish * self.polish_cap)
            + self.match
            + self.record
            + self.price
        )


V1 = Weights(
    version="v1",
    verified=10_000,
    requirements=30_000,
    polish=5_000,
    dead=-2_000,
    match=25_000,
    record=20_000,
    price=8_000,
    threshold=Fraction(35, 100),
    polish_cap=Fraction(7, 10),
    prior=Fraction(93, 100),
    prior_weight=8,
    record_spread=Fraction(16, 100),
)

WEIGHTS = {weights.version: weights for weights in (V1,)}
CURRENT = V1
