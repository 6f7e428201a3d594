"""One bid's score: a sum of terms, each an integer number of milli-points with its reason.

S = a P + b E + c P min(Q, 0.7) - d D + e M + f R + g K + h F + i C + j P L; docs/ranking.md says it in words and
weights.py has the weights. The arithmetic is exact (only the logarithm of the price needs care: see `_halvings`), so
that a rank replays to the last digit anywhere.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from marketplace.ranking.facts import BidFacts, JobFacts, PromiseFacts, PrototypeFacts, RankedState
from marketplace.ranking.weights import Prior, Weights

NOTHING, ALL = Fraction(0), Fraction(1)
PENDING = frozenset({RankedState.QUEUED, RankedState.CHECKING, RankedState.UNKNOWN})
WORKING = frozenset({RankedState.LIVE, RankedState.FLAGGED, RankedState.CLEARED})
"""States in which the prototype counts as working; a flag takes no points before a moderator's decision."""
NO_LINK = "no prototype link"
FAILURES = {
    "broken": "the link did not work when we last looked",
    "dead": "the link is dead",
    "refused": "the link leads where we do not go",
    "rejected": "a moderator rejected the prototype",
}
EXACT = Context(prec=28)


class Term(NamedTuple):
    """One part of a score: milli-points out of `least`..`most`; `known` is the share of it that could be scored."""

    name: str
    points: int
    least: int
    most: int
    why: str
    known: Fraction = ALL


class Score(NamedTuple):
    """The terms of one bid; they sum exactly to `total`."""

    bid_id: str
    terms: tuple[Term, ...]
    provisional: bool

    @property
    def total(self) -> int:
        """Milli-points."""
        return sum([term.points for term in self.terms])

    @property
    def possible(self) -> int:
        """The most that the parts known so far could have given, milli-points."""
        return sum(_most_known(term) for term in self.terms)


def room_left(term: Term) -> int:
    """How many milli-points more the part of the term that is known could have given."""
    return _most_known(term) - term.points


def score(job: JobFacts, bid: BidFacts, weights: Weights) -> Score:
    """The score of `bid` on `job`; no other bid has any influence."""
    prototype = bid.prototype
    is_verified = prototype is not None and _is_verified(job, prototype, weights)
    verified = _verified(job, prototype, weights)
    terms = [
        verified,
        _requirements(job, prototype, verified, weights),
        _polish(prototype, weights, is_verified=is_verified),
        _dead(prototype, weights),
        _match(bid.match, weights),
        _record(bid, weights),
    ]
    if weights.promises:
        terms.append(_promises(bid, weights))
    if weights.completion:
        terms.append(_completion(bid, weights))
    terms.append(_price(job, bid.price, weights))
    if weights.speed:
        terms.append(_speed(bid, weights, is_verified=is_verified))
    return Score(bid.id, tuple(terms), provisional=prototype is not None and _is_provisional(job, prototype))


def _is_provisional(job: JobFacts, prototype: PrototypeFacts) -> bool:
    partly_measured = prototype.state in WORKING and prototype.measured < job.requirements
    return partly_measured or prototype.state in PENDING or prototype.state == RankedState.FLAGGED


def _needed(job: JobFacts, weights: Weights) -> int:
    """How many requirements a live prototype must meet to count as verified."""
    return -(-weights.threshold.numerator * job.requirements // weights.threshold.denominator)


def _is_verified(job: JobFacts, prototype: PrototypeFacts, weights: Weights) -> bool:
    return prototype.state in WORKING and prototype.met >= _needed(job, weights)


def _verified(job: JobFacts, prototype: PrototypeFacts | None, weights: Weights) -> Term:
    """P: enough of *all* checkable requirements seen met; open while those not measured could still decide it."""
    points, known, most = 0, ALL, weights.verified if job.requirements else weights.alone
    if prototype is None:
        why = NO_LINK
    elif prototype.state in PENDING:
        why, known = "not checked yet", NOTHING
    elif prototype.state not in WORKING:
        why = FAILURES[prototype.state]
    else:
        needed = _needed(job, weights)
        if prototype.met >= needed:
            points = most
            why = f"live, meets the {needed} checks that it takes or more" if needed else "live"
        elif prototype.met + job.requirements - prototype.measured >= needed:
            why, known = f"live; {prototype.met} of the {needed} checks that it takes seen met so far", NOTHING
        else:
            why = f"live, but meets only {prototype.met} of the {needed} checks that it takes"
    return Term("verified", points, 0, most, why, known)


def _requirements(job: JobFacts, prototype: PrototypeFacts | None, verified: Term, weights: Weights) -> Term:
    """E: what is met above the threshold, scaled to 0..1; a requirement not measured neither gives nor takes."""
    points, known, most, count = 0, ALL, weights.requirements, job.requirements
    if count == 0:
        why, most = "the job has no requirement that we can check", 0
    elif prototype is None:
        why = "no prototype to try them on"
    elif prototype.state not in WORKING:
        why, known = verified.why, verified.known
    else:
        met, measured, (floor, whole) = prototype.met, prototype.measured, weights.threshold.as_integer_ratio()
        points = max(0, _share(most, met * whole - measured * floor, count * (whole - floor)))
        why = f"{met} of {count} met"
        if measured < count:
            why += f", {count - measured} not measured"
            known = Fraction(measured, count)
    return Term("requirements", points, 0, most, why, known)


def _polish(prototype: PrototypeFacts | None, weights: Weights, *, is_verified: bool) -> Term:
    """Q: how fast and accessible a verified prototype is, up to the cap."""
    most = _share(weights.polish, *weights.polish_cap.as_integer_ratio())
    if prototype is None or not is_verified:
        return Term("polish", 0, 0, most, "counts for a verified prototype only", NOTHING)
    if prototype.polish is None:
        return Term("polish", 0, 0, most, "not measured", NOTHING)
    points = min(most, _share(weights.polish, *prototype.polish.as_integer_ratio()))
    return Term("polish", points, 0, most, f"{round(prototype.polish * 100)} of 100 for speed and accessibility")


def _dead(prototype: PrototypeFacts | None, weights: Weights) -> Term:
    if prototype is not None and prototype.state == RankedState.DEAD:
        why = "the link failed three times over at least half an hour"
        return Term("dead", weights.dead, weights.dead, 0, why)
    return Term("dead", 0, weights.dead, 0, "no dead link")


def _match(match: float, weights: Weights) -> Term:
    points = _share(weights.match, *match.as_integer_ratio())
    return Term("match", points, 0, weights.match, f"{round(match * 100)} % of what the spec asks for")


def _record(bid: BidFacts, weights: Weights) -> Term:
    """R: the share of positive reviews."""
    good, total = bid.reviews.positive, bid.reviews.total
    why = _how_many(good, total, "reviews positive") if total else "no reviews yet"
    return _shrunk("record", weights.record, good, total, weights.reviews, why)


def _promises(bid: BidFacts, weights: Weights) -> Term:
    """K: the share of promises kept."""
    good, total = bid.promises.kept, bid.promises.total
    why = _how_many(good, total, "promises kept") if total else "no promise has come due yet"
    return _shrunk("promises", weights.promises, good, total, weights.promised, why)


def _completion(bid: BidFacts, weights: Weights) -> Term:
    """F: the share of contracts completed."""
    good, total = bid.contracts.completed, bid.contracts.total
    why = _how_many(good, total, "contracts completed") if total else "no contract has ended yet"
    return _shrunk("completion", weights.completion, good, total, weights.contracts, why)


def _shrunk(name: str, most: int, good: float, total: float, prior: Prior, why: str) -> Term:
    """A share of successes, shrunk towards the prior, as a distance from the prior.

    The posterior mean of a beta distribution whose prior is worth so many cases (Gelman et al., Bayesian Data
    Analysis, 2.4); counts in thousandths, so that fractions of a case are exact.
    """
    if not total:
        return Term(name, 0, -most, most, why)
    (share, whole), (spread, spread_whole) = prior.share.as_integer_ratio(), prior.spread.as_integer_ratio()
    successes, cases = round(good * 1000), round(total * 1000)
    above_prior = (successes * whole - cases * share) * spread_whole
    points = _share(most, above_prior, (cases + 1000 * prior.worth) * whole * spread)
    return Term(name, _within(most, points), -most, most, why)


def _speed(bid: BidFacts, weights: Weights, *, is_verified: bool) -> Term:
    """L: how soon the bidder promises to be live, taken as seriously as such promises were kept.

    half / (half + hours) falls from 1 to 0; a claim without a verified prototype to show for it gives nothing.
    """
    most, hours = weights.speed, bid.go_live_hours
    if not is_verified:
        return Term("speed", 0, 0, most, "counts with a verified prototype only", NOTHING)
    if hours is None:
        return Term("speed", 0, 0, most, "no promise of when it will be live")
    half, (kept, of) = weights.half_speed_hours, _kept(bid.promises, weights.promised)
    points = _share(most, half * kept, (half + hours) * of)
    why = f"live {_within_hours(hours)} payment, {_share(100, kept, of)} % likely to be kept"
    return Term("speed", points, 0, most, why)


def _kept(promises: PromiseFacts, prior: Prior) -> tuple[int, int]:
    """(part, whole) of the promises that the bidder will keep, as far as one can tell."""
    share, whole = prior.share.as_integer_ratio()
    kept, cases, worth = round(promises.kept * 1000), round(promises.total * 1000), 1000 * prior.worth
    return kept * whole + worth * share, (cases + worth) * whole


def _within_hours(hours: int) -> str:
    return "on" if hours == 0 else "within an hour of" if hours == 1 else f"within {hours:,} hours of"


def _how_many(good: float, total: float, what: str) -> str:
    """Whole counts as "n of m"; aged, fractional counts as a percentage."""
    if good == int(good) and total == int(total):
        return f"{int(good)} of {int(total)} {what}"
    return f"{_share(100, round(good * 1000), round(total * 1000))} % of {what}, older ones count less"


def _price(job: JobFacts, price: int, weights: Weights) -> Term:
    """C: how many halvings below (or doublings above) the anchor, one at most.

    The anchor is the middle of the client's budget, or the one figure where the client gave only the highest.
    """
    most, twice_anchor = weights.price, (job.budget_min or job.budget_max) + job.budget_max
    if twice_anchor == 0:
        return Term("price", 0, -most, most, "the client gave no budget", NOTHING)
    points = _within(most, _halvings(most, twice_anchor, 2 * price)) if price else most
    percent = _share(100, 2 * price - twice_anchor, twice_anchor)
    place = f"{abs(percent)} % {'above' if percent > 0 else 'below'}" if percent else "at"
    anchor = "the middle of the budget" if 0 < job.budget_min < job.budget_max else "the budget"
    return Term("price", points, -most, most, f"{place} {anchor}")


def _halvings(most: int, anchor: int, price: int) -> int:
    """`most` times log2(anchor / price), to the nearest integer.

    A machine's log2 may be wrong in its last digit; decimals decide where that digit could change the result.
    """
    points = most * math.log2(anchor / price)
    if abs(points % 1 - 0.5) > 1e-6:
        return round(points)
    ratio = EXACT.divide(Decimal(anchor), Decimal(price))
    return round(most * EXACT.divide(EXACT.ln(ratio), EXACT.ln(Decimal(2))))


def _most_known(term: Term) -> int:
    if term.known is ALL:
        return term.most
    return _share(term.most, *term.known.as_integer_ratio())


def _share(most: int, part: int, whole: int) -> int:
    """`most` times part / whole, to the nearest integer, halves to the even one; `whole` is above 0."""
    quotient, rest = divmod(most * part, whole)
    return quotient + (2 * rest + quotient % 2 > whole)


def _within(bound: int, value: int) -> int:
    return max(-bound, min(bound, value))
