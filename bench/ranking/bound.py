"""An upper bound: what a learner that has seen true values gets out of the same facts, free of any rule of ours.

LambdaMART (Burges 2010) as in LightGBM. It may combine facts as it likes, and hold a bid against the others on the job,
which the product's rank must not. It is an estimate of the best that the facts allow, not a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import lightgbm as lgb
import numpy as np

from bench.ranking.baselines import Ranker
from bench.ranking.contest import Contest, Floats
from bench.ranking.metrics import SHOWN, Order, grades
from marketplace.ranking.facts import BidFacts, JobFacts
from marketplace.ranking.fit import UNITS
from marketplace.ranking.score import score
from marketplace.ranking.weights import NAMES

STATES = ("", "live", "flagged", "rejected", "dead", "broken", "refused", "unknown")
PARAMETERS = {
    "objective": "lambdarank", "metric": "ndcg", "eval_at": [SHOWN], "lambdarank_truncation_level": 8,
    "learning_rate": 0.06, "num_leaves": 15, "min_data_in_leaf": 60, "feature_fraction": 0.6, "bagging_fraction": 0.8,
    "bagging_freq": 1, "lambda_l2": 5.0, "deterministic": True, "force_row_wise": True, "num_threads": 1, "seed": 1,
    "verbosity": -1,
}  # fmt: skip
ROUNDS, PATIENCE = 400, 30
Table = Callable[[Contest], Floats]
"""A job's bids as rows of numbers."""


def train(contests: Sequence[Contest], *, prototypes: bool = True) -> Ranker:
    """A ranker learnt from the true values of `contests`; a fifth of them only tells when to stop."""
    return _train(contests, partial(features, prototypes=prototypes), {})


def train_on_terms(contests: Sequence[Contest]) -> Ranker:
    """The same from the terms of the product's score alone: more of a term never hurts, and no bid knows the others."""
    return _train(contests, terms, {"monotone_constraints": [1] * len(NAMES)})


def _train(contests: Sequence[Contest], table: Table, more: dict[str, Any]) -> Ranker:
    cut = len(contests) * 4 // 5
    learning, stopping = (_dataset(part, table) for part in (contests[:cut], contests[cut:]))
    stop = lgb.early_stopping(PATIENCE, verbose=False)
    model = lgb.train(PARAMETERS | more, learning, ROUNDS, valid_sets=[stopping], callbacks=[stop])

    def order(contest: Contest) -> Order:
        return np.argsort(-np.asarray(model.predict(table(contest))), kind="stable")

    return order


def _dataset(contests: Sequence[Contest], table: Table) -> lgb.Dataset:
    return lgb.Dataset(
        np.concatenate([table(contest) for contest in contests]),
        np.concatenate([grades(contest.values) for contest in contests]),
        group=[len(contest.values) for contest in contests],
        free_raw_data=False,
    )


def features(contest: Contest, *, prototypes: bool = True) -> Floats:
    """Every fact of each bid as a number, and again as the distance from the job's mean."""
    job, bids = contest.facts.job, contest.facts.bids
    own = np.array([_offer(job, bid) + (_prototype(job, bid) if prototypes else []) for bid in bids])
    counted = np.isfinite(own)
    mean = np.where(counted, own, 0).sum(axis=0) / np.maximum(counted.sum(axis=0), 1)
    about_job = np.tile([len(bids), job.requirements, job.budget_min, job.budget_max], (len(bids), 1))
    return np.hstack([own, own - mean, about_job])


def terms(contest: Contest) -> Floats:
    """The terms of each bid's score, each in shares of its weight; a dead link counts below 0."""
    scores = [score(contest.facts.job, bid, UNITS) for bid in contest.facts.bids]
    own = np.array([[term.points for term in one.terms] for one in scores], dtype=float)
    own[:, NAMES.index("dead")] *= -1
    return own


def _offer(job: JobFacts, bid: BidFacts) -> list[float]:
    anchor = (job.budget_max + (job.budget_min or job.budget_max)) / 2 or np.nan
    hours = bid.submitted_at.timestamp() / 3600 if bid.submitted_at else np.nan
    tallies = [
        (bid.reviews.positive, bid.reviews.total),
        (bid.promises.kept, bid.promises.total),
        (bid.contracts.completed, bid.contracts.total),
    ]
    record = [figure for good, total in tallies for figure in (good, total, good / total if total else np.nan)]
    return [np.log(bid.price + 1), bid.price / anchor, bid.go_live_hours or np.nan, bid.match, hours, *record]


def _prototype(job: JobFacts, bid: BidFacts) -> list[float]:
    found = bid.prototype
    if found is None:
        return [0] + [np.nan] * 5
    share = found.met / found.measured if found.measured else np.nan
    polish = np.nan if found.polish is None else found.polish
    return [STATES.index(found.state), found.met, found.met / job.requirements, share, found.measured, polish]
