"""Jobs, bids and weights dealt from a few bytes: cheap enough for ten thousand examples, and Hypothesis shrinks bytes.

Every field takes its share of one large number (a mixed radix); zeros give the plainest example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import wraps
from hashlib import shake_256
from typing import TypeVar

from hypothesis import given, note, settings
from hypothesis import strategies as st

from marketplace.ranking.facts import (
    BidFacts,
    ContractFacts,
    JobFacts,
    PromiseFacts,
    PrototypeFacts,
    RankedState,
    RankFacts,
    ReviewFacts,
)
from marketplace.ranking.weights import BOUNDS, V1, V2, Weights
from tests.support.examples import examples

T = TypeVar("T")
START = datetime(2026, 1, 1, tzinfo=UTC)
STATES = (*RankedState, *["live"] * 10)
SIZE = 120
"""Bytes that are enough for the largest contest."""
PRICES = (0, 1, 199_999, 200_000, 200_001, 400_000, 10**13)


class Dealer:
    """Deals one thing after the other, the same for the same bytes."""

    def __init__(self, data: bytes) -> None:
        self._left = int.from_bytes(data, "little")

    def below(self, count: int) -> int:
        self._left, dealt = divmod(self._left, count)
        return dealt

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def share(self) -> float:
        return self.one_of((0.0, 1.0, 0.7, self.below(10_001) / 10_000))

    def counts(self) -> tuple[float, float]:
        """(successes, cases), often none, sometimes in fractions."""
        total = self.one_of((0, self.below(60), self.below(60_000) / 1000))
        return round(total * self.below(101) / 100, 3), total

    def weights(self) -> Weights:
        """Those of a version, or any that a fit may give."""
        return self.one_of((V1, V2, None)) or Weights(
            version="any", **{name: least + self.below(most - least + 1) for name, (least, most) in BOUNDS.items()}
        )

    def job(self, requirements: int | None = None) -> JobFacts:
        low, width = self.one_of((0, 100_000, self.below(10**7))), self.one_of((0, 200_000, self.below(10**7)))
        count = self.one_of((12, 0, 1)) if requirements is None else requirements
        return JobFacts(id="j", budget_min=low, budget_max=low + width, currency="EUR", requirements=count)

    def prototype(self, requirements: int, state: str | None = None) -> PrototypeFacts:
        measured = self.below(requirements + 1)
        found = {"met": self.below(measured + 1), "measured": measured, "polish": self.one_of((None, self.share()))}
        return PrototypeFacts.model_validate({"state": state or self.one_of(STATES), **found})

    def bid(self, requirements: int, name: str = "a") -> BidFacts:
        (positive, reviews), (kept, promises), (completed, contracts) = self.counts(), self.counts(), self.counts()
        return BidFacts(
            id=name,
            price=self.one_of((self.below(10**6), self.one_of(PRICES))),
            match=self.share(),
            go_live_hours=self.one_of((None, self.below(200))),
            submitted_at=START + timedelta(seconds=self.below(3)),
            reviews=ReviewFacts(positive=positive, total=reviews),
            promises=PromiseFacts(kept=kept, total=promises),
            contracts=ContractFacts(completed=completed, total=contracts),
            prototype=self.one_of((None, self.prototype(requirements), self.prototype(requirements, "live"))),
        )

    def contest(self) -> RankFacts:
        """A job with three bids, of which two may be equal but for their id."""
        job = self.job()
        one, other = self.bid(job.requirements, "one"), self.bid(job.requirements, "other")
        third = self.one_of((one, other, self.bid(job.requirements))).model_copy(update={"id": "third"})
        return RankFacts(job=job, bids=[one, other, third])


TOGETHER = 20
"""Dealers for each draw of bytes: Hypothesis takes longer over one than the rank over its bids."""


def ten_thousand(test: Callable[[Dealer], None]) -> Callable[[], None]:
    """Tries the property on 10,000 dealers in the long run, on 60 in the quick one."""

    @wraps(test)
    def on_some(data: bytes) -> None:
        for dealt in (data, *(shake_256(data + bytes([number])).digest(SIZE) for number in range(1, TOGETHER))):
            note(f"dealt from {dealt.hex()}")
            test(Dealer(dealt))

    del on_some.__wrapped__  # it has the parameters of `test`
    drawn = given(data=st.binary(min_size=SIZE, max_size=SIZE))(on_some)
    return settings(max_examples=examples(10_000, 60) // TOGETHER, deadline=None, database=None)(drawn)
