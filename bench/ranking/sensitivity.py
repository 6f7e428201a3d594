"""How the figures move when an assumption about the markets is turned: each row is two markets of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bench.ranking import bound
from bench.ranking.baselines import by_figure, by_weights, price
from bench.ranking.figures import Estimate, Figures, mean
from bench.ranking.latent_quality import LatentQuality
from bench.ranking.matching_market import MatchingMarket
from bench.ranking.study import Market, Size
from marketplace.ranking.weights import Weights

AS_IT_IS = "as it is"
LINKS = (0.2, 0.35, 0.75)
ROWS: tuple[tuple[str, dict[str, float], dict[str, float]], ...] = (
    (AS_IT_IS, {}, {}),
    *((f"links wanted on {share:.0%}", {"prototypes": share}, {"prototypes": share}) for share in LINKS),
    ("our checks err three times as often", {"noise": 3.0}, {"noise": 3.0}),
    ("three checks in ten without an answer", {"unmeasured": 0.3}, {"unmeasured": 0.3}),
    ("half of the bidders are newcomers", {"newcomers": 0.5}, {"newcomers": 0.5}),
    ("nobody has a record yet", {"newcomers": 1.0}, {"newcomers": 1.0}),
    ("nobody games", {"gamers": 0.0}, {"gamers": 0.0}),
    ("three times as many gamers", {"gamers": 0.45}, {"gamers": 0.30}),
    ("a prototype is no part of the work", {"head_start": 0.0}, {"head_start": 0.0}),
    ("71 % of promises are kept, not 85 %", {"punctual": 1.0}, {"punctual": 1.0}),
    ("who is skilled does not ask for more", {}, {"outside": 0.0}),
)
"""(what is turned, fields of market A, of market B)."""


class Turned(NamedTuple):
    """NDCG@3 on one market with one assumption turned."""

    text: str
    market: str
    links: float
    """Share of bids with a link."""
    ours: Estimate
    without: Estimate
    """The same weights as if no bid had a link."""
    price: Estimate
    bound: Estimate


def turned(weights: Weights, size: Size) -> Iterator[Turned]:
    """Every row on both markets; each with its own bound, learnt on as few jobs as the row has."""
    part = replace(size, training=round(size.training * size.part), trial=round(size.trial * size.part))
    for text, of_a, of_b in ROWS:
        if of_a or text == AS_IT_IS:
            yield _measured(text, Market.of("A", LatentQuality(**of_a), part), weights)
        yield _measured(text, Market.of("B", MatchingMarket(**of_b), part), weights)


def _measured(text: str, market: Market, weights: Weights) -> Turned:
    ways = (by_weights(weights), by_weights(weights, prototypes=False), by_figure(price), bound.train(market.training))
    links = [bid.prototype is not None for job in market.trial for bid in job.facts.bids]
    ndcg = (mean(Figures.of(way, market.trial).ndcg) for way in ways)
    return Turned(text, market.name, float(np.mean(links)), *ndcg)
