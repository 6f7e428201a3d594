"""A way to rank, measured over many jobs; intervals from drawing the jobs again (bootstrap, Efron 1979)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bench.ranking import metrics
from bench.ranking.baselines import Ranker
from bench.ranking.contest import Contest, Floats

DRAWS = 1_000
SURE = 0.95


class Estimate(NamedTuple):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    """What one way to rank did on each job of the same list of jobs."""

    ndcg: Floats
    first: Floats
    """1 where the truly best bid stands first."""
    loss: Floats
    """What the client loses who takes the first bid."""
    chance: Floats
    """How often the best bid would stand first by chance."""
    exposure: Floats
    """Of newcomers."""
    merit: Floats
    shown: Floats
    """Exposure of newcomers on the first three places, and what they merit there."""
    shown_merit: Floats

    @classmethod
    def of(cls, ranker: Ranker, contests: Sequence[Contest]) -> Figures:
        return cls(*np.array([_measure(ranker, contest) for contest in contests]).T)


def _measure(ranker: Ranker, contest: Contest) -> tuple[float, ...]:
    order, values, newcomer = ranker(contest), contest.values, contest.newcomer
    return (
        metrics.ndcg(metrics.gains(values), order),
        metrics.best_is_first(values, order),
        metrics.loss_of_first(values, order),
        1 / len(values),
        metrics.exposure(newcomer, order),
        metrics.merit(newcomer, values),
        metrics.exposure(newcomer, order, metrics.SHOWN),
        metrics.merit(newcomer, values, metrics.SHOWN),
    )


def mean(column: Floats) -> Estimate:
    """The mean over jobs."""
    return _estimate(lambda drawn: drawn @ column / len(column), len(column))


def difference(one: Floats, other: Floats) -> Estimate:
    """How far the mean of one lies above the other's, job by job where the jobs are the same."""
    return mean(one - other)


def ratio(upper: Floats, lower: Floats) -> Estimate:
    """The ratio of two means over the same jobs."""
    return _estimate(lambda drawn: (drawn @ upper) / (drawn @ lower), len(upper))


def _estimate(statistic: Callable[[Floats], Floats], jobs: int) -> Estimate:
    low, high = np.quantile(statistic(_draws(jobs)), [(1 - SURE) / 2, (1 + SURE) / 2])
    return Estimate(float(statistic(np.ones((1, jobs)))[0]), float(low), float(high))


@lru_cache(maxsize=4)
def _draws(jobs: int) -> Floats:
    """How often each job comes up when as many are drawn with replacement; a row a draw."""
    return np.random.default_rng(3).multinomial(jobs, np.full(jobs, 1 / jobs), DRAWS).astype(float)
