"""Other ways to rank do what their names say; Wilson's bound against published values."""

from __future__ import annotations

import numpy as np
import pytest

from bench.ranking.baselines import BASELINES, by_figure, by_weights, polish, rating, shrunk, wilson, without_prototypes
from bench.ranking.contest import Contest
from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, RankFacts, ReviewFacts
from marketplace.ranking.weights import V1

LIVE = PrototypeFacts(state="live", met=5, measured=6, polish=0.8)
BIDS = [
    BidFacts.model_validate(
        {"id": name, "price": price, "prototype": link, "submitted_at": f"2026-01-0{day}T00:00:00Z"}
        | {"reviews": {"positive": positive, "total": total}}
    )
    for name, price, link, day, positive, total in (
        ("a", 300, None, 1, 0, 0),
        ("b", 100, None, 3, 1, 1),
        ("c", 200, LIVE, 2, 95, 100),
    )
]
JOB = JobFacts(id="j", budget_min=100, budget_max=300, currency="EUR", requirements=6)
FLAGS = np.array([False, False, False])
CONTEST = Contest(RankFacts(job=JOB, bids=BIDS), np.array([0.0, 0.1, 0.2]), "c", FLAGS, FLAGS)


def reviewed(positive: float, total: float) -> BidFacts:
    return BidFacts(id="x", price=1, reviews=ReviewFacts(positive=positive, total=total))


@pytest.mark.parametrize(
    ("positive", "total", "low"),
    [(81, 263, 0.2553), (15, 148, 0.0624), (0, 20, 0.0), (1, 29, 0.0061), (0, 0, 0.0), (1, 1, 0.2065)],
)
def test_wilsons_lower_bound(positive: int, total: int, low: float) -> None:
    """The first four are the examples of Newcombe (1998), table I, method 3."""
    assert wilson(reviewed(positive, total)) == pytest.approx(low, abs=5e-5)


def test_who_has_no_reviews_is_last_by_rating_and_average_by_the_shrunk_one() -> None:
    assert rating(reviewed(0, 0)) < rating(reviewed(0, 3))
    assert shrunk(reviewed(0, 3)) < shrunk(reviewed(0, 0)) < shrunk(reviewed(3, 3))


def test_polish_counts_where_it_was_measured() -> None:
    assert [polish(bid) for bid in BIDS] == [-1, -1, 0.8]


@pytest.mark.parametrize(
    ("name", "first"),
    [("price", "b"), ("rating", "b"), ("wilson", "c"), ("shrunk", "c"), ("polish", "c"), ("newest", "b")],
)
def test_each_way_puts_its_favourite_first(name: str, first: str) -> None:
    assert BIDS[by_figure(BASELINES[name])(CONTEST)[0]].id == first


def test_ties_fall_by_chance_but_the_same_each_time() -> None:
    random = by_figure(BASELINES["random"])
    assert random(CONTEST).tolist() == random(CONTEST).tolist()
    assert sorted(random(CONTEST)) == [0, 1, 2]


def test_the_products_rank_with_and_without_prototypes() -> None:
    assert BIDS[by_weights(V1)(CONTEST)[0]].id == "c"
    assert BIDS[by_weights(V1, prototypes=False)(CONTEST)[0]].id == "b"
    assert [bid.prototype for bid in without_prototypes(CONTEST.facts).bids] == [None] * 3
