"""Share of clients' attention that ranked bids get, by bidder group: pure functions with confidence intervals.

Intervals are 95 % ones of the ratio of two sums over jobs (Cochran, "Sampling Techniques", 1977, 6.4).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

Z = 1.96
LEAST_SHOWN = 10
"""Smaller groups are hidden: their people would be identifiable, and their figures are noise."""
OTHERS, UNSAID = "Others", "No country named"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A bid with its rank; `evidence` in milli-points that a working prototype earns."""

    job_id: int
    rank: int
    price: int
    evidence: int
    is_newcomer: bool
    """Whether the bidder had won nothing here before placing it."""
    link: str
    """live | other | none."""
    country: str | None
    """Display name; None where the profile states no country."""
    has_won: bool | None
    """None while the job has no winner."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Newcomers' share of attention against their share of evidence; means over jobs, each 0..1."""

    jobs: int
    exposure: float
    merit: float
    ratio: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Country:
    """Ranks of one country's bids; `exposure` is their attention over that of the average bid on their jobs."""

    name: str
    bids: int
    jobs: int
    mean_rank: float
    exposure: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Countries:
    """Countries side by side, small ones pooled; `hidden` counts bids still too few after pooling."""

    groups: Sequence[Country]
    hidden: int = 0

    @property
    def scale(self) -> float:
        """The end of a chart's scale from 0: it holds every interval, and 1 is never beyond its middle."""
        return max(2, *(one.interval[1] for one in self.groups))


def discount(rank: int) -> float:
    """Attention of a rank relative to the first: 1 / log2(1 + rank), as in DCG (Järvelin, Kekäläinen 2002)."""
    return 1 / math.log2(1 + rank)


def newcomers_exposure(jobs: dict[int, list[Ranked]]) -> Exposure | None:
    """Newcomers' share of attention over their share of evidence points, over the informative jobs.

    A job is informative if both newcomers and others bid, and some prototype earned points. None with fewer than two
    such jobs, or where newcomers have no evidence at all.
    """
    pairs = [pair for bids in jobs.values() if (pair := _shares(bids)) is not None]
    merit = sum(of_merit for _, of_merit in pairs)
    if len(pairs) < 2 or not merit:
        return None
    count, exposure = len(pairs), sum(seen for seen, _ in pairs)
    return Exposure(count, exposure / count, merit / count, exposure / merit, _ratio_interval(pairs))


def _ratio_interval(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Interval of the ratio of two sums, from their (numerator, denominator) parts by job; needs two jobs, denominator
    not 0.
    """
    count, expected = len(pairs), sum(below for _, below in pairs)
    ratio = sum(above for above, _ in pairs) / expected
    variance = sum((above - ratio * below) ** 2 for above, below in pairs) / (count - 1)
    half = Z * math.sqrt(variance / count) / (expected / count)
    return max(0.0, ratio - half), ratio + half


def countries(bids: Sequence[Ranked]) -> Countries:
    """Mean rank and exposure by country, most bids first; countries with few bids or only one job are pooled.

    Exposure is the sum of attention over the sum of the average bid's attention on each bid's own job.
    """
    usual = {job_id: fmean(discount(bid.rank) for bid in of_job) for job_id, of_job in by_job(bids).items()}
    groups: dict[str, list[Ranked]] = defaultdict(list)
    for bid in bids:
        groups[bid.country or UNSAID].append(bid)
    pool = [bid for members in groups.values() if not _is_telling(members) for bid in members]
    named = sorted(filter(lambda name: _is_telling(groups[name]), groups), key=lambda name: (-len(groups[name]), name))
    shown = [_country(name, groups[name], usual) for name in named]
    if _is_telling(pool):
        return Countries([*shown, _country(OTHERS, pool, usual)])
    return Countries(shown, hidden=len(pool))


def _is_telling(bids: Sequence[Ranked]) -> bool:
    return len(bids) >= LEAST_SHOWN and len({bid.job_id for bid in bids}) > 1


def _country(name: str, bids: Sequence[Ranked], usual: dict[int, float]) -> Country:
    pairs = [
        (sum(discount(bid.rank) for bid in of_job), len(of_job) * usual[job_id])
        for job_id, of_job in by_job(bids).items()
    ]
    exposure = sum(seen for seen, _ in pairs) / sum(expected for _, expected in pairs)
    return Country(name, len(bids), len(pairs), fmean(bid.rank for bid in bids), exposure, _ratio_interval(pairs))


def _shares(bids: Sequence[Ranked]) -> tuple[float, float] | None:
    new = [bid for bid in bids if bid.is_newcomer]
    evidence = sum(bid.evidence for bid in bids)
    if not new or len(new) == len(bids) or not evidence:
        return None
    seen = sum(discount(bid.rank) for bid in new) / sum(discount(bid.rank) for bid in bids)
    return seen, sum(bid.evidence for bid in new) / evidence


def by_job(bids: Iterable[Ranked]) -> dict[int, list[Ranked]]:
    """Job id -> its bids."""
    jobs: dict[int, list[Ranked]] = defaultdict(list)
    for bid in bids:
        jobs[bid.job_id].append(bid)
    return jobs
