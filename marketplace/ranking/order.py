"""The order of a job's bids: by score; exact ties by time of bidding, then by a hash that is stable per job."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from marketplace.ranking.facts import EARLIEST, BidFacts, RankFacts
from marketplace.ranking.score import Score, score
from marketplace.ranking.weights import CURRENT, Weights


@dataclass(frozen=True, slots=True)
class Placed:
    """A bid's place; 1 is best."""

    rank: int
    score: Score


def rank(facts: RankFacts, weights: Weights = CURRENT) -> list[Placed]:
    """All bids of the job, best first; the order of the input does not matter."""
    scored = [(score(facts.job, bid, weights), bid) for bid in facts.bids]
    scored.sort(
        key=lambda pair: (-pair[0].total, pair[1].submitted_at or EARLIEST, _stable_hash(facts.job.id, pair[1]))
    )
    return [Placed(place, result) for place, (result, _) in enumerate(scored, 1)]


def as_json(placed: list[Placed], weights: Weights = CURRENT) -> dict[str, Any]:
    """The rank as `marketplace rank` prints it; points are milli-points."""
    return {"weights": weights.version, "order": [place_as_json(one) for one in placed]}


def place_as_json(one: Placed) -> dict[str, Any]:
    """A bid's place and score with its reasons; points are milli-points."""
    return {
        "id": one.score.bid_id,
        "rank": one.rank,
        "score": one.score.total,
        "provisional": one.score.provisional,
        "terms": [{"name": name, "points": points, "why": why} for name, points, _, _, why, _ in one.score.terms],
    }


def _stable_hash(job_id: str, bid: BidFacts) -> str:
    return hashlib.sha256(f"{job_id}\n{bid.id}".encode()).hexdigest()
