"""What the rank's caps and floors cost: the same terms, weighted as the clients' choices alone would have it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize

from bench.ranking.baselines import Ranker
from bench.ranking.bound import terms
from bench.ranking.contest import Contest, Floats
from bench.ranking.metrics import Order

RIDGE = 0.1
"""A little pull to 0, so that a term that nobody's choice depends on has no weight."""


def train(contests: Sequence[Contest]) -> Ranker:
    """A conditional logit over the terms' shapes: weights of 0 or more, and no other bound."""
    jobs = [terms(contest) for contest in contests]
    rows, starts = np.concatenate(jobs), np.cumsum([0, *map(len, jobs)])[:-1]
    scale = np.abs(rows).max(axis=0)
    rows /= np.where(scale > 0, scale, 1)
    job = np.repeat(np.arange(len(jobs)), [len(one) for one in jobs])
    chosen = np.concatenate([[bid.id == one.chosen for bid in one.facts.bids] for one in contests])

    def cost(theta: Floats) -> tuple[float, Floats]:
        utility = rows @ theta
        unlikely = utility - np.logaddexp.reduceat(utility, starts)[job]
        gradient = rows.T @ (np.exp(unlikely) - chosen)
        return RIDGE * theta @ theta / 2 - unlikely[chosen].sum(), gradient + RIDGE * theta

    start = np.ones(rows.shape[1])
    theta = optimize.minimize(cost, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start)).x

    def order(contest: Contest) -> Order:
        return np.argsort(-(terms(contest) / np.where(scale > 0, scale, 1)) @ theta, kind="stable")

    return order
