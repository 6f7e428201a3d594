"""One bid's score: a sum of terms, each an integer number of milli-points with its reason.

S = 10 P + 30 E + 5 P min(Q, 0.7) - 2 D + 25 M + 20 R + 8 C points; docs/ranking.md says it in words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, ReviewFacts
from marketplace.ranking.weights import Weights

ONE = Fraction(1)
PENDING = {"queued", "checking", "unknown"}
WORKING = {"live", "cleared"}
"""States in which the prototype counts as working (a cleared one was flagged, and a human saw nothing wrong)."""


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a score: milli-points out of `least`..`most`; `known` is the share of it that could be scored."""

    name: str
    points: int
    least: int
    most: int
    why: str
    known: Fraction = ONE


@dataclass(frozen=True, slots=True)
class Score:
    """The terms of one bid; they sum exactly to `total`."""

    bid_id: str
    terms: tuple[Term, ...]
    provisional: bool

    @property
    def total(self) -> int:
        """Milli-points."""
        return sum(term.points for term in self.terms)

    @property
    def possible(self) -> int:
        """The most that the parts known so far could have given, milli-points."""
        return sum(round(term.most * term.known) for term in self.terms)


def score(job: JobFacts, bid: BidFacts, weights: Weights) -> Score:
    """The score of `bid` on `job`; no other bid has any influence."""
    prototype = bid.prototype
    terms = (
        _verified(job, prototype, weights),
        _requirements(job, prototype, weights),
        _polish(job, prototype, weights),
        _dead(prototype, weights),
        _match(bid.match, weights),
        _record(bid.reviews, weights),
        _price(job, bid.price, weights),
    )
    return Score(bid.id, terms, provisional=_is_pending(job, prototype))


def _is_pending(job: JobFacts, prototype: PrototypeFacts | None) -> bool:
    if prototype is None:
        return False
    return prototype.state in PENDING or (prototype.state in WORKING and prototype.measured < job.requirements)


def _is_unmeasured(job: JobFacts, prototype: PrototypeFacts) -> bool:
    live_untried = prototype.state in WORKING and job.requirements > 0 and prototype.measured == 0
    return prototype.state in PENDING or live_untried


def _share_met(prototype: PrototypeFacts) -> Fraction:
    return Fraction(prototype.met, prototype.measured) if prototype.measured else Fraction(0)


def _is_verified(job: JobFacts, prototype: PrototypeFacts | None, weights: Weights) -> bool:
    if prototype is None or prototype.state not in WORKING:
        return False
    return job.requirements == 0 or _share_met(prototype) >= weights.threshold


def _verified(job: JobFacts, prototype: PrototypeFacts | None, weights: Weights) -> Term:
    known = Fraction(0) if prototype and _is_unmeasured(job, prototype) else ONE
    points = weights.verified if _is_verified(job, prototype, weights) else 0
    if prototype is None:
        why = "no prototype link"
    elif points:
        why = "live, meets enough of the checks" if job.requirements else "live"
    elif _is_unmeasured(job, prototype):
        why = "not checked yet"
    elif prototype.state in WORKING:
        why = f"live, but meets under {round(weights.threshold * 100)} % of the checks"
    else:
        why = "the prototype is not working"
    return Term("verified", points, 0, weights.verified, why, known)


def _requirements(job: JobFacts, prototype: PrototypeFacts | None, weights: Weights) -> Term:
    """E: the share met above the threshold, scaled to 0..1, for as much of the requirements as was measured."""
    most = weights.requirements
    if job.requirements == 0:
        return Term("requirements", 0, 0, most, "the job has no requirement that we can check", Fraction(0))
    if prototype is None:
        return Term("requirements", 0, 0, most, "no prototype to try them on")
    if _is_unmeasured(job, prototype):
        return Term("requirements", 0, 0, most, "not checked yet", Fraction(0))
    if prototype.state not in WORKING:
        return Term("requirements", 0, 0, most, "the prototype is not working")
    known = Fraction(prototype.measured, job.requirements)
    above = max(Fraction(0), (_share_met(prototype) - weights.threshold) / (1 - weights.threshold))
    why = f"{prototype.met} of {job.requirements} met"
    if prototype.measured < job.requirements:
        why += f", {job.requirements - prototype.measured} not measured"
    return Term("requirements", round(most * above * known), 0, most, why, known)


def _polish(job: JobFacts, prototype: PrototypeFacts | None, weights: Weights) -> Term:
    most = int(weights.polish * weights.polish_cap)
    if prototype is None or not _is_verified(job, prototype, weights):
        return Term("polish", 0, 0, most, "counts for a verified prototype only")
    if prototype.polish is None:
        return Term("polish", 0, 0, most, "not measured", Fraction(0))
    quality = min(Fraction(prototype.polish), weights.polish_cap)
    return Term(
        "polish",
        round(weights.polish * quality),
        0,
        most,
        f"{round(prototype.polish * 100)} of 100 for speed and accessibility",
    )


def _dead(prototype: PrototypeFacts | None, weights: Weights) -> Term:
    is_dead = prototype is not None and prototype.state == "dead"
    why = "the link failed three times over at least half an hour" if is_dead else "no dead link"
    return Term("dead", weights.dead if is_dead else 0, weights.dead, 0, why)


def _match(match: float, weights: Weights) -> Term:
    return Term(
        "match",
        round(weights.match * Fraction(match)),
        0,
        weights.match,
        f"{round(match * 100)} % of what the spec asks for",
    )


def _record(reviews: ReviewFacts, weights: Weights) -> Term:
    """R: the share of positive reviews, shrunk towards the prior, against the prior."""
    count = weights.prior_weight
    shrunk = (reviews.positive + count * weights.prior) / (reviews.total + count)
    distance = max(-ONE, min(ONE, (shrunk - weights.prior) / weights.record_spread))
    why = f"{reviews.positive} of {reviews.total} reviews positive" if reviews.total else "no reviews yet"
    return Term("record", round(weights.record * distance), -weights.record, weights.record, why)


def _price(job: JobFacts, price: int, weights: Weights) -> Term:
    """C: how many halvings below (or doublings above) the middle of the client's budget, one at most."""
    anchor = Fraction(job.budget_min + job.budget_max, 2)
    least, most = -weights.price, weights.price
    if anchor == 0:
        return Term("price", 0, least, most, "the client gave no budget", Fraction(0))
    steps = max(-1.0, min(1.0, -math.log2(price / anchor))) if price else 1.0
    percent = round((price / anchor - 1) * 100)
    place = f"{abs(percent)} % {'above' if percent > 0 else 'below'}" if percent else "at"
    return Term("price", round(weights.price * steps), least, most, f"{place} the middle of the budget")
