"""A simulated job: what the rank may know, beside what is true, and what both generators need to tell the two apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, RankFacts

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
POSTED = datetime(2026, 1, 5, 9, tzinfo=UTC)
HALF_LIFE = 2.0
"""Years after which something in a bidder's record counts half, as in the product."""


@dataclass(frozen=True)
class Contest:
    """One decided job; the arrays have one entry a bid, in the order of `facts.bids`."""

    facts: RankFacts
    values: Floats
    """What each bid would truly leave the client with, net of its price, as a share of the budget."""
    chosen: str
    """The bid that the client took: a person's choice, on what a person can see."""
    newcomer: Flags
    gamer: Flags


class Generator(Protocol):
    """A simulated marketplace; job number `number` of a seed is always the same job."""

    def contest(self, seed: int, number: int) -> Contest: ...


def contests(generator: Generator, seed: int, count: int) -> list[Contest]:
    """The first `count` jobs of a seed."""
    return [generator.contest(seed, number) for number in range(count)]


def sigmoid(x: Floats) -> Floats:
    """The logistic function: 0..1."""
    return 1 / (1 + np.exp(-x))


@dataclass(frozen=True)
class Past:
    """Every contract that the bidders of a job ever ended: whose it was, and how many years ago."""

    owner: NDArray[np.int64]
    age: Floats
    bidders: int

    @classmethod
    def of(cls, contracts: NDArray[np.int64], longest: float, chance: np.random.Generator) -> Past:
        """As many contracts as `contracts` says for each bidder, spread evenly over the last `longest` years."""
        owner = np.repeat(np.arange(len(contracts)), contracts)
        return cls(owner, chance.uniform(0, longest, len(owner)), len(contracts))

    def tally(self, good: Flags, counts: Flags, names: tuple[str, str]) -> list[dict[str, float]]:
        """For each bidder the weighed number of `good` among those that `counts`, as the facts hold them."""
        weight = 0.5 ** (self.age / HALF_LIFE)
        sums = [np.bincount(self.owner, weight * flags, self.bidders) for flags in (good & counts, counts)]
        return [dict(zip(names, map(_thousandths, pair), strict=True)) for pair in zip(*sums, strict=True)]


def _thousandths(number: float) -> float:
    return round(float(number), 3)


@dataclass(frozen=True)
class Findings:
    """What our checks recorded of the prototypes; arrays of one entry a bid, `state` "" for no link."""

    state: Sequence[str]
    met: NDArray[np.int64]
    measured: NDArray[np.int64]
    polish: Floats
    """NaN where it was not measured."""

    def of(self, number: int) -> PrototypeFacts | None:
        """The facts about one bid's prototype."""
        state, polish = self.state[number], float(self.polish[number])
        if not state:
            return None
        seen = state in ("live", "flagged", "rejected")
        return PrototypeFacts.model_validate(
            {
                "state": state,
                "met": int(self.met[number]) if seen else 0,
                "measured": int(self.measured[number]) if seen else 0,
                "polish": round(polish, 3) if seen and polish == polish else None,
            }
        )


def observed(
    meets: Flags, measured: Flags, false_met: float, false_failed: float, chance: np.random.Generator
) -> Flags:
    """What checks say of bids x requirements: wrong now and then, and nothing of what was not measured."""
    says = np.where(meets, chance.random(meets.shape) >= false_failed, chance.random(meets.shape) < false_met)
    return says & measured


def bid_facts(job: JobFacts, findings: Findings, columns: Mapping[str, Sequence[Any]]) -> RankFacts:
    """A job's facts from columns named as the fields of BidFacts; `hours` is the time from posting to bidding."""
    bids: list[BidFacts] = []
    for number, values in enumerate(zip(*columns.values(), strict=True)):
        fields = dict(zip(columns, values, strict=True))
        moment = POSTED + timedelta(seconds=round(float(fields.pop("hours")) * 3600))
        fields |= {"id": f"{job.id}-{number}", "submitted_at": moment, "prototype": findings.of(number)}
        bids.append(BidFacts.model_validate(fields))
    return RankFacts(job=job, bids=bids)


def budget(middle: float, width: float, kind: str, requirements: int, job_id: str) -> JobFacts:
    """A job with its budget as the client gave it: a "range", only the "highest", or "none"; whole units of money."""
    low, high = (round(middle * side) * 100 for side in (1 - width, 1 + width))
    given = {"range": (low, high), "highest": (0, round(middle) * 100), "none": (0, 0)}[kind]
    return JobFacts(budget_min=given[0], budget_max=given[1], currency="EUR", requirements=requirements, id=job_id)
