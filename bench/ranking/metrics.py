"""How good an order is, job by job: what the client loses, and who is shown to whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.ranking.contest import Flags, Floats

LOSSES = (0.10, 0.25, 0.50, 1.00)
"""A bid at most so far below the job's best, in shares of the budget, is worth a grade of 4, 3, 2, 1; else 0."""
SHOWN = 3
"""Places that nearly every client reads."""

Order = NDArray[np.int64]
"""Bid numbers, best first."""


def grades(values: Floats, strictness: float = 1.0) -> NDArray[np.int64]:
    """Grades 0..4 of a job's bids by what the client would lose against the best of them."""
    loss = (values.max() - values) * strictness
    return len(LOSSES) - np.searchsorted(LOSSES, loss, side="left")


def gains(values: Floats, strictness: float = 1.0) -> Floats:
    """2^grade - 1, as is usual for NDCG with grades (Burges et al. 2005)."""
    return 2.0 ** grades(values, strictness) - 1


def discounts(places: int) -> Floats:
    """1 / log2(1 + place): how surely a place is read (Järvelin and Kekäläinen 2002)."""
    return 1 / np.log2(np.arange(places) + 2)


def ndcg(gain: Floats, order: Order, shown: int = SHOWN) -> float:
    """Discounted gain of the places shown over the most that any order could reach."""
    best = np.sort(gain)[::-1][:shown]
    weight = discounts(len(best))
    return float((gain[order[:shown]] @ weight) / (best @ weight))


def best_is_first(values: Floats, order: Order) -> float:
    """1 if the truly best bid stands first, else 0."""
    return float(order[0] == np.argmax(values))


def loss_of_first(values: Floats, order: Order) -> float:
    """What a client who takes the first bid loses against the best, as a share of the budget."""
    return float(values.max() - values[order[0]])


def exposure(group: Flags, order: Order, shown: int | None = None) -> float:
    """The discounts of the places that the group holds, summed; on the whole page, or on its first places only."""
    places = order[:shown]
    return float(group[places] @ discounts(len(places)))


def merit(group: Flags, values: Floats, shown: int | None = None) -> float:
    """The exposure that the group would have if the page showed the bids by their true value."""
    return exposure(group, np.argsort(-values, kind="stable"), shown)
