"""Fits the weights on decided jobs: which weights make the bids that clients chose the most likely choices?

A conditional logit (McFadden 1974): a client's choice among a job's bids is a softmax of their scores. The terms are
those of `score.py`, reckoned with unit weights, so that what is fitted is what will be scored.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from marketplace.ranking.order import rank
from marketplace.ranking.outcomes import DecidedJob, TooFew
from marketplace.ranking.score import score
from marketplace.ranking.weights import BOUNDS, CURRENT, NAMES, Weights

MIN_JOBS = 200
"""Decided jobs that a fit needs; with fewer, chance would set the weights."""
MIN_BIDS = 3
"""Jobs with fewer bids say little about preferences and are left out."""
TOTAL = 100_000
"""The most that a bid can score with fitted weights, milli-points."""
GRAIN = 10
"""Fitted weights are whole tens of milli-points: finer would claim a precision that no fit has."""
HOLDOUT = 5
"""One job in so many is held out, to judge the fit on what it has not seen."""
PRIOR_DEVIATION = 1.0
"""Standard deviation of the prior around the weights before (nats of a choice's odds)."""
UNIT = 10**6
"""The weight, milli-points, with which a term's shape is computed."""

_Vector = NDArray[np.float64]
_untyped: Any = optimize


@dataclass(frozen=True, slots=True)
class Figures:
    """How well weights predict the choices in the held-out jobs."""

    log_likelihood: float
    """Mean per job, nats, at the best temperature of the jobs fitted on; higher is better."""
    top_1: float
    """Share of jobs whose chosen bid stands first."""
    ndcg: float
    """Mean of 1 / log2(1 + place of the chosen bid)."""


@dataclass(frozen=True, slots=True)
class FitReport:
    """What an admin reads before consenting; `gain` is of log-likelihood per job, with its standard error."""

    jobs: int
    held_out: int
    chance: Figures
    start: Figures
    fitted: Figures
    gain: float
    gain_error: float

    def as_json(self) -> dict[str, Any]:
        """The figures for a row or a file."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Fitted:
    """New weights, and how they did."""

    weights: Weights
    report: FitReport


@dataclass(frozen=True, slots=True)
class _Choices:
    """Bids of many jobs as one matrix: a row per bid, a column per term (order of NAMES), in shares of its weight."""

    shapes: _Vector
    starts: NDArray[np.int64]
    """The first row of each job."""
    chosen: NDArray[np.int64]
    """The row of each job's choice."""

    def log_likelihoods(self, utilities: _Vector) -> _Vector:
        """Of each job's choice, nats."""
        return utilities[self.chosen] - np.logaddexp.reduceat(utilities, self.starts)

    def gradient(self, utilities: _Vector) -> _Vector:
        """Of the sum of the log-likelihoods, by weight."""
        sizes = np.diff(np.append(self.starts, len(utilities)))
        likely = np.exp(utilities - np.repeat(np.logaddexp.reduceat(utilities, self.starts), sizes))
        return self.shapes[self.chosen].sum(axis=0) - likely @ self.shapes


def fit(outcomes: Iterable[DecidedJob], start: Weights, version: str) -> Fitted:
    """The bounded, monotone weights that make the choices most likely, and how they and `start` do on jobs held out.

    Raises TooFew below MIN_JOBS decided jobs with MIN_BIDS bids.
    """
    usable = [outcome for outcome in outcomes if len(outcome.facts.bids) >= MIN_BIDS]
    if len(usable) < MIN_JOBS:
        raise TooFew(f"{len(usable)} decided jobs with {MIN_BIDS} bids or more; a fit takes {MIN_JOBS}")
    seen, held_out = _split(usable)
    choices = _choices(seen)
    weights = _most_likely(choices, start, version)
    return Fitted(weights, _report(choices, held_out, start, weights))


def _split(outcomes: Sequence[DecidedJob]) -> tuple[list[DecidedJob], list[DecidedJob]]:
    """Split by a hash of the job, so that it falls on the same side in every fit."""
    sides: tuple[list[DecidedJob], list[DecidedJob]] = [], []
    for outcome in outcomes:
        name = outcome.facts.job.id or outcome.facts.model_dump_json()
        digest = hashlib.sha256(name.encode()).digest()
        sides[int.from_bytes(digest[:8], "big") % HOLDOUT == 0].append(outcome)
    return sides


def _choices(outcomes: Sequence[DecidedJob]) -> _Choices:
    rows: list[list[int]] = []
    starts: list[int] = []
    chosen: list[int] = []
    for facts, choice in ((outcome.facts, outcome.chosen) for outcome in outcomes):
        starts.append(len(rows))
        chosen.append(len(rows) + [bid.id for bid in facts.bids].index(choice))
        rows += [[term.points for term in score(facts.job, bid, UNITS).terms] for bid in facts.bids]
    return _Choices(np.array(rows, dtype=float) / UNIT, np.array(starts), np.array(chosen))


def _most_likely(choices: _Choices, start: Weights, version: str) -> Weights:
    """Maximum a posteriori, by sequential quadratic programming; the problem is convex, so there is one answer."""
    before = _scale(choices, start) * _vector(start)

    def cost(theta: _Vector) -> tuple[float, _Vector]:
        utilities, moved = choices.shapes @ theta, (theta - before) / PRIOR_DEVIATION
        value = moved @ moved / 2 - choices.log_likelihoods(utilities).sum()
        gradient = moved / PRIOR_DEVIATION - choices.gradient(utilities)
        return value / len(choices.starts), gradient / len(choices.starts)

    def room(theta: _Vector) -> _Vector:
        return _ROOM @ theta

    def room_gradient(_: _Vector) -> _Vector:
        return _ROOM

    found = _untyped.minimize(
        cost,
        before,
        jac=True,
        method="SLSQP",
        bounds=[(None, 0) if name == "dead" else (0, None) for name in NAMES],
        constraints=[{"type": "ineq", "fun": room, "jac": room_gradient}],
        options={"maxiter": 1000, "ftol": 1e-10},
    )
    if not found.success:
        raise ArithmeticError(f"the fit did not converge: {found.message}")
    return _rounded(found.x, start, version)


def _rounded(theta: _Vector, start: Weights, version: str) -> Weights:
    values: dict[str, Any] = {}
    for name, value in zip(NAMES, theta / (_MOST @ theta) * TOTAL, strict=True):
        least, most = BOUNDS[name]
        values[name] = max(least, min(most, GRAIN * round(float(value) / GRAIN)))
    return replace(start, version=version, **values)


def _scale(choices: _Choices, weights: Weights) -> float:
    """The best temperature: the nats that TOTAL points are worth."""
    utilities = choices.shapes @ _vector(weights)

    def cost(scale: float) -> float:
        return -choices.log_likelihoods(scale * utilities).mean()

    return float(_untyped.minimize_scalar(cost, bounds=(0.01, 1000), method="bounded").x)


def _vector(weights: Weights) -> _Vector:
    return np.array([getattr(weights, name) for name in NAMES], dtype=float) / TOTAL


def _report(choices: _Choices, held_out: Sequence[DecidedJob], start: Weights, fitted: Weights) -> FitReport:
    unseen = _choices(held_out)
    of_chance = unseen.log_likelihoods(np.zeros(len(unseen.shapes)))
    by_start, by_fitted = (
        unseen.log_likelihoods(unseen.shapes @ _vector(weights) * _scale(choices, weights))
        for weights in (start, fitted)
    )
    gains = by_fitted - by_start
    sizes = [len(outcome.facts.bids) for outcome in held_out]
    by_size = {size: float(np.mean([_discount(place) for place in range(1, size + 1)])) for size in set(sizes)}
    chance = Figures(
        float(of_chance.mean()),
        float(np.mean([1 / size for size in sizes])),
        float(np.mean([by_size[n] for n in sizes])),
    )
    return FitReport(
        jobs=len(choices.starts),
        held_out=len(held_out),
        chance=chance,
        start=_figures(by_start, held_out, start),
        fitted=_figures(by_fitted, held_out, fitted),
        gain=float(gains.mean()),
        gain_error=float(gains.std(ddof=1) / math.sqrt(len(gains))),
    )


def _figures(log_likelihoods: _Vector, outcomes: Sequence[DecidedJob], weights: Weights) -> Figures:
    places = [_place(outcome, weights) for outcome in outcomes]
    first, discounted = (place == 1 for place in places), (_discount(place) for place in places)
    return Figures(float(log_likelihoods.mean()), sum(first) / len(places), sum(discounted) / len(places))


def _place(outcome: DecidedJob, weights: Weights) -> int:
    return next(one.rank for one in rank(outcome.facts, weights) if one.score.bid_id == outcome.chosen)


def _discount(place: int) -> float:
    """The gain of a place, as in DCG (Järvelin and Kekäläinen 2002), where one bid alone is right."""
    return 1 / math.log2(1 + place)


UNITS = replace(CURRENT, version="units", alone=0, **dict.fromkeys(NAMES, UNIT))
"""With these a term's points are its shape; a dead link's is 1, since the weight itself is below 0."""
_MOST = np.array([0.0 if name == "dead" else UNITS.most(name) / UNIT for name in NAMES])
"""How much of each weight the best possible bid gets."""


def _room() -> _Vector:
    """Rows that times theta are at least 0 where each weight is in its bounds, once they sum to TOTAL."""
    rows: list[_Vector] = []
    for name, one in zip(NAMES, np.eye(len(NAMES)), strict=True):
        least, most = BOUNDS[name]
        rows += [most / TOTAL * _MOST - one, one - least / TOTAL * _MOST]
    return np.array(rows)


_ROOM = _room()
