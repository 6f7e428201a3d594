"""Ways to rank that marketplaces use today, and the product's own; each gives bids a figure, the highest first."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

import numpy as np

from bench.ranking.contest import Contest
from bench.ranking.metrics import Order
from marketplace.ranking.facts import BidFacts, RankFacts
from marketplace.ranking.order import rank
from marketplace.ranking.weights import Weights

Z = 1.96
"""Of the normal distribution: the bound of a 95 % interval."""
PRIOR, PRIOR_WEIGHT = 0.93, 8
"""As in the weights: what an average record looks like, and how many reviews that is worth."""

Figure = Callable[[BidFacts], float]
Ranker = Callable[[Contest], Order]


def price(bid: BidFacts) -> float:
    """Cheapest first."""
    return -bid.price


def rating(bid: BidFacts) -> float:
    """The share of positive reviews; who has none comes last."""
    return bid.reviews.positive / bid.reviews.total if bid.reviews.total else -1


def wilson(bid: BidFacts) -> float:
    """The lower end of Wilson's interval for that share (Wilson 1927), 0 without reviews."""
    n, positive = bid.reviews.total, bid.reviews.positive
    if not n:
        return 0.0
    share = positive / n
    centre, spread = share + Z * Z / (2 * n), Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return (centre - spread) / (1 + Z * Z / n)


def shrunk(bid: BidFacts) -> float:
    """The share of positive reviews, shrunk towards the market's."""
    return (bid.reviews.positive + PRIOR * PRIOR_WEIGHT) / (bid.reviews.total + PRIOR_WEIGHT)


def polish(bid: BidFacts) -> float:
    """The best looking prototype first; who has none, or none measured, comes last."""
    return -1 if bid.prototype is None or bid.prototype.polish is None else bid.prototype.polish


def newest(bid: BidFacts) -> float:
    """The latest bid first."""
    return bid.submitted_at.timestamp() if bid.submitted_at else 0


BASELINES: dict[str, Figure] = {
    "price": price, "rating": rating, "wilson": wilson, "shrunk": shrunk, "polish": polish, "newest": newest,
    "random": lambda _: 0,
}  # fmt: skip


def by_figure(figure: Figure) -> Ranker:
    """A way to rank from a figure a bid; ties fall by chance, the same each time."""

    def order(contest: Contest) -> Order:
        keys = [(-figure(bid), hashlib.sha256(bid.id.encode()).digest()) for bid in contest.facts.bids]
        return np.array(sorted(range(len(keys)), key=keys.__getitem__))

    return order


def by_weights(weights: Weights, *, prototypes: bool = True) -> Ranker:
    """The product's own rank; without `prototypes`, as if no bid had a link."""

    def order(contest: Contest) -> Order:
        facts = contest.facts if prototypes else without_prototypes(contest.facts)
        number = {bid.id: index for index, bid in enumerate(facts.bids)}
        return np.array([number[placed.score.bid_id] for placed in rank(facts, weights)])

    return order


def without_prototypes(facts: RankFacts) -> RankFacts:
    """The same job as if no bid had a link."""
    return facts.model_copy(update={"bids": [bid.model_copy(update={"prototype": None}) for bid in facts.bids]})
