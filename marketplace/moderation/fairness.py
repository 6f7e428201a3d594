"""Fairness of the rank in figures with confidence intervals: pure functions over ranked bids.

Intervals are 95 %: Wilson's for shares (Wilson 1927; valid for few cases and shares near 0 and 1), the ratio
estimator's for attention (see exposure.py).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from marketplace.moderation.exposure import (
    LEAST_SHOWN,
    Countries,
    Exposure,
    Ranked,
    Z,
    by_job,
    countries,
    newcomers_exposure,
)

FIRST = 3
"""Ranks that a client is sure to look at."""
LEAST_BIDS = 4
"""Jobs with fewer bids say nothing about who is among the first three."""
QUARTERS = ("Cheapest quarter", "Second quarter", "Third quarter", "Dearest quarter")
LINKS = {"live": "Verified prototype", "other": "A link that earned nothing", "none": "No link"}
PLACES = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 10**6))


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` out of `total`, with the interval of the share."""

    name: str
    hits: int
    total: int
    expected: float | None = None
    """The share expected by chance."""

    @property
    def value(self) -> float:
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.total)


@dataclass(frozen=True, slots=True)
class Table:
    """Groups side by side; `hidden` counts those too small to show."""

    groups: Sequence[Share]
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """All figures; a part is None or empty where data is insufficient."""

    exposure: Exposure | None
    newcomers_win: Table
    by_price: Table
    by_country: Countries
    winners: Table
    prototypes_first: Table
    prototypes_win: Table


def report(bids: Sequence[Ranked]) -> FairnessReport:
    """Compute the figures of a sample."""
    jobs = by_job(bids)
    telling = [bid for of_job in jobs.values() if len(of_job) >= LEAST_BIDS for bid in of_job]
    sizes = {job_id: len(of_job) for job_id, of_job in jobs.items()}
    decided = [bid for bid in bids if bid.has_won is not None]
    quarters = _quarters(by_job(telling))

    def first(of: Callable[[Ranked], str | None], names: Iterable[str] = ()) -> Table:
        return _table(telling, of, lambda bid: bid.rank <= FIRST, names, lambda bid: min(1, FIRST / sizes[bid.job_id]))

    def win(of: Callable[[Ranked], str | None], names: Iterable[str] = ()) -> Table:
        return _table(decided, of, lambda bid: bool(bid.has_won), names, lambda bid: 1 / sizes[bid.job_id])

    return FairnessReport(
        exposure=newcomers_exposure(jobs),
        newcomers_win=win(lambda bid: "Newcomers" if bid.is_newcomer else "Everybody else", ["Newcomers"]),
        by_price=first(lambda bid: quarters[bid.job_id, bid.rank], QUARTERS),
        by_country=countries(telling),
        winners=_winners(decided),
        prototypes_first=first(lambda bid: LINKS[bid.link], LINKS.values()),
        prototypes_win=win(lambda bid: LINKS[bid.link], LINKS.values()),
    )


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share; 0..1 without cases."""
    if not total:
        return 0.0, 1.0
    share, spread = hits / total, Z * Z / total
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def _quarters(jobs: dict[int, list[Ranked]]) -> dict[tuple[int, int], str]:
    """(job, rank) -> quarter among the prices of its job; equal prices share the middle one."""
    found: dict[tuple[int, int], str] = {}
    for job_id, bids in jobs.items():
        prices = sorted(bid.price for bid in bids)
        for bid in bids:
            cheaper, as_dear = bisect_left(prices, bid.price), bisect_right(prices, bid.price)
            found[job_id, bid.rank] = QUARTERS[2 * (cheaper + as_dear - 1) // len(bids)]
    return found


def _table(
    bids: Sequence[Ranked],
    group: Callable[[Ranked], str | None],
    is_hit: Callable[[Ranked], bool],
    names: Iterable[str],
    chance: Callable[[Ranked], float],
) -> Table:
    """The share of hits in each group, in the order of `names`, then by name; small groups are only counted."""
    members: dict[str, list[Ranked]] = {name: [] for name in names}
    for bid in bids:
        if (name := group(bid)) is not None:
            members.setdefault(name, []).append(bid)
    shown = {name: of_group for name, of_group in members.items() if len(of_group) >= LEAST_SHOWN}
    order = [*dict.fromkeys(name for name in members if name in shown)]
    shares = [
        Share(name, sum(map(is_hit, shown[name])), len(shown[name]), sum(map(chance, shown[name])) / len(shown[name]))
        for name in order
    ]
    return Table(shares, sum(0 < len(of_group) < LEAST_SHOWN for of_group in members.values()))


def _winners(decided: Sequence[Ranked]) -> Table:
    """From which ranks winners come."""
    places = [bid.rank for bid in decided if bid.has_won]
    if len(places) < LEAST_SHOWN:
        return Table([], hidden=1 if places else 0)
    groups = [
        Share(_place_name(low, high), sum(low <= place <= high for place in places), len(places))
        for low, high in PLACES
    ]
    return Table(groups)


def _place_name(low: int, high: int) -> str:
    if low == high:
        return f"Place {low}"
    return f"Places {low} to {high}" if high < 10**6 else f"Place {low} or below"
