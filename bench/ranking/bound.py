"""An upper bound: what a learner that has seen true values gets out of the same facts, free of any rule of ours.

LambdaMART (Burges 2010) as in LightGBM. It may combine facts as it likes, and hold a bid against the others on the job,
which the product's rank must not. It is an estimate of the best that the facts allow, not a proof.
"""

from __future__ import annotations

from collections.abc import Sequence

import lightgbm as lgb
import numpy as np

from bench.ranking.baselines import Ranker
from bench.ranking.contest import Contest, Floats
from bench.ranking.metrics import SHOWN, Order, grades
from marketplace.ranking.facts import BidFacts, JobFacts

STATES = ("", "live", "flagged", "rejected", "dead", "broken", "refused", "unknown")
PARAMETERS = {
    "objective": "lambdarank", "metric": "ndcg", "eval_at": [SHOWN], "lambdarank_truncation_level": 8,
    "learning_rate": 0.04, "num_leaves": 15, "min_data_in_leaf": 60, "feature_fraction": 0.6, "bagging_fraction": 0.8,
    "bagging_freq": 1, "lambda_l2": 5.0, "deterministic": True, "force_row_wise": True, "num_threads": 1, "seed": 1,
    "verbosity": -1,
}  # fmt: skip
ROUNDS, PATIENCE = 600, 50


def train(contests: Sequence[Contest], *, prototypes: bool = True) -> Ranker:
    """A ranker learnt from the true values of `contests`; a fifth of them only tells when to stop."""
    cut = len(contests) * 4 // 5
    learning, stopping = (_dataset(part, prototypes) for part in (contests[:cut], contests[cut:]))
    stop = lgb.early_stopping(PATIENCE, verbose=False)
    model = lgb.train(PARAMETERS, learning, ROUNDS, valid_sets=[stopping], callbacks=[stop])

    def order(contest: Contest) -> Order:
        return np.argsort(-np.asarray(model.predict(features(contest, prototypes=prototypes))), kind="stable")

    return order


def _dataset(contests: Sequence[Contest], prototypes: bool) -> lgb.Dataset:
    return lgb.Dataset(
        np.concatenate([features(contest, prototypes=prototypes) for contest in contests]),
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
