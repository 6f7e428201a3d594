"""The study itself: every way to rank on both markets, and what the figures say about the rank's goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bench.ranking import bound, uncapped
from bench.ranking.baselines import BASELINES, Ranker, by_figure, by_weights
from bench.ranking.contest import Contest, Generator, contests
from bench.ranking.figures import Estimate, Figures, difference, mean, ratio
from bench.ranking.latent_quality import LatentQuality
from bench.ranking.matching_market import MatchingMarket
from marketplace.ranking.fit import Fitted, fit
from marketplace.ranking.outcomes import DecidedJob
from marketplace.ranking.weights import V1, Weights

TRAINING, TRIAL = 1, 2
"""Seeds: weights and bound learn on one list of jobs, and everything is measured on another."""

START = replace(V1, version="start", promises=1_500, completion=1_000, speed=1_000)
"""Where a fit starts from: the design's weights, and little for the terms that it did not have."""


@dataclass(frozen=True)
class Size:
    """How many jobs of each market are learnt from and measured on; `part` of that for each row of sensitivity."""

    training: int = 2_000
    trial: int = 1_000
    part: float = 0.3


@dataclass(frozen=True)
class Market:
    """One simulated marketplace with the jobs drawn from it."""

    name: str
    generator: Generator
    training: Sequence[Contest]
    trial: Sequence[Contest]

    @classmethod
    def of(cls, name: str, generator: Generator, size: Size) -> Market:
        return cls(
            name, generator, contests(generator, TRAINING, size.training), contests(generator, TRIAL, size.trial)
        )


def markets(size: Size) -> tuple[Market, Market]:
    """A and B."""
    return Market.of("A", LatentQuality(), size), Market.of("B", MatchingMarket(), size)


def fitted_on(jobs: Sequence[Contest], version: str) -> Fitted:
    """Weights fitted on what the clients of these jobs chose; the truth is not shown to the fit."""
    return fit([DecidedJob(job.facts, job.chosen) for job in jobs], START, version)


class Rankings(NamedTuple):
    """Each way to rank, measured on one market."""

    market: Market
    figures: Mapping[str, Figures]


def rankings(market: Market, own: Weights, other: Weights) -> Rankings:
    """All ways to rank; `own` weights were fitted on market A, `other` on B."""
    ways: dict[str, Ranker] = {name: by_figure(figure) for name, figure in BASELINES.items()}
    ways |= {
        "v1": by_weights(V1),
        "on A": by_weights(own),
        "on B": by_weights(other),
        "no prototypes": by_weights(own, prototypes=False),
        "uncapped": uncapped.train(market.training),
        "terms": bound.train_on_terms(market.training),
        "bound": bound.train(market.training),
        "bound, no prototypes": bound.train(market.training, prototypes=False),
    }
    return Rankings(market, {name: Figures.of(way, market.trial) for name, way in ways.items()})


class Goal(NamedTuple):
    """One goal of the rank on one market, and what was measured."""

    text: str
    market: str
    figure: Estimate
    least: float | None
    most: float | None

    @property
    def verdict(self) -> str:
        """Whether the goal is reached, and whether chance could have made it so."""
        least, most = (limit if limit is not None else sign for limit, sign in ((self.least, -9e9), (self.most, 9e9)))
        if least <= self.figure.low and self.figure.high <= most:
            return "reached"
        return "just reached" if least <= self.figure.value <= most else "not reached"


def goals(result: Rankings, tripled: Market, weights: Weights) -> list[Goal]:
    """The rank's goals (issue of the rank, point 3), by the weights that the product uses."""
    ours, of = result.figures["on A"], result.figures
    more_games = Figures.of(by_weights(weights), tripled.trial)
    shown: list[tuple[str, Estimate, float | None, float | None]] = [
        ("NDCG@3 over the bound's", ratio(ours.ndcg, of["bound"].ndcg), 0.97, None),
        ("NDCG@3 above cheapest first", difference(ours.ndcg, of["price"].ndcg), 0.15, None),
        ("NDCG@3 above raw rating", difference(ours.ndcg, of["rating"].ndcg), 0.15, None),
        ("NDCG@3 above polish only", difference(ours.ndcg, of["polish"].ndcg), 0.15, None),
        ("best bid first, times chance", ratio(ours.first, ours.chance), 3.5, None),
        ("newcomers' exposure over their merit", ratio(ours.exposure, ours.merit), 0.9, 1.1),
        ("NDCG@3 lost when gamers triple", difference(ours.ndcg, more_games.ndcg), None, 0.02),
        ("NDCG@3 lost without prototypes", difference(ours.ndcg, of["no prototypes"].ndcg), 0.08, None),
    ]
    return [Goal(text, result.market.name, figure, least, most) for text, figure, least, most in shown]


def tripled(market: Market, size: Size) -> Market:
    """The same market with three times as many gamers; only the jobs to measure on are drawn."""
    generator = replace(market.generator, gamers=3 * market.generator.gamers)  # type: ignore[type-var]
    return Market.of(market.name, generator, replace(size, training=0))


class Curve(NamedTuple):
    """NDCG@3 on both markets of weights fitted on the choices of so many jobs of market A."""

    jobs: int
    on: tuple[Estimate, Estimate]


def learning(pair: tuple[Market, Market], sizes: Sequence[int]) -> list[Curve]:
    """How many decided jobs it takes until fitted weights beat those from the design."""
    curves: list[Curve] = []
    for jobs in sizes:
        weights = fitted_on(pair[0].training[:jobs], "learning").weights
        on_a, on_b = (mean(Figures.of(by_weights(weights), market.trial).ndcg) for market in pair)
        curves.append(Curve(jobs, (on_a, on_b)))
    return curves
