"""The score in words and in four columns; client and bidder see the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from marketplace.ranking.score import FAILURES, NO_LINK, Score, Term

COLUMNS = (
    ("Fit to the spec", ("requirements", "match")),
    ("Live prototype", ("verified", "polish", "dead")),
    ("Track record", ("record", "promises", "completion")),
    ("Price and time", ("price", "speed")),
)
"""(heading, names of the terms that it sums), in the order in which a card shows them; old scores lack some terms."""
LABELS = {
    "verified": "Live prototype", "requirements": "Requirements met", "polish": "Polish", "dead": "Dead link",
    "match": "Match to the spec", "record": "Reviews", "promises": "Promises kept", "completion": "Contracts completed",
    "price": "Price against the budget", "speed": "Promise to go live",
}  # fmt: skip
_HEADINGS = {name: heading for heading, names in COLUMNS for name in names}
RAISES = {
    "requirements": "meet more of the requirements that we can check",
    "verified": "link a live prototype that meets at least 35 % of the requirements",
    "polish": "make the prototype faster and more accessible",
    "match": "name more of the job's skills on your profile, where you have them",
    "price": "lower the price",
    "speed": "promise to be live sooner after payment, and keep such promises",
}
"""What a bidder can do about each term; reviews, promises and contracts only change with work done."""
LINK_RAISES = {
    NO_LINK: ("verified", "link a live prototype that meets the requirements that we can check"),
    FAILURES["broken"]: ("dead", "mend the prototype link, then check it again"),
    FAILURES["dead"]: ("dead", "mend the prototype link, then check it again"),
    FAILURES["refused"]: ("verified", "link a prototype at an address that anybody can open"),
    FAILURES["rejected"]: ("verified", "link a prototype of your own making"),
}
"""Why there is no working prototype -> the term concerned, and what the bidder can do first."""


@dataclass(frozen=True, slots=True)
class Column:
    """Some terms together, in milli-points; `fact` is the first that can give any, `scored` whether it is known yet."""

    heading: str
    points: int
    least: int
    most: int
    fact: str
    scored: bool


def columns(terms: Iterable[Term]) -> list[Column]:
    """The four columns of a card; their points sum to the score."""
    by_name = {term.name: term for term in terms}
    result: list[Column] = []
    for heading, names in COLUMNS:
        parts = [by_name[name] for name in names if name in by_name]
        first = next((part for part in parts if part.most), parts[0])
        result.append(
            Column(
                heading,
                sum(part.points for part in parts),
                sum(part.least for part in parts),
                sum(part.most for part in parts),
                first.why,
                scored=first.known > 0,
            )
        )
    return result


def points(milli: int) -> str:
    """Milli-points as points: 26154 is "26.2", 8000 is "8", -1 is "0"."""
    return f"{milli / 1000:z.1f}".removesuffix(".0")


def column_points(terms: Iterable[Term]) -> dict[str, int]:
    """Heading -> points of each column, milli-points; `columns` says more and takes longer."""
    sums = dict.fromkeys(_HEADINGS.values(), 0)
    for term in terms:
        sums[_HEADINGS[term.name]] += term.points
    return sums


def store(score: Score, weights: str) -> dict[str, Any]:
    """A score by the weights of this version as JSON for a row; `load` reads it back the same."""
    return {
        "weights": weights,
        "provisional": score.provisional,
        "terms": [
            {"name": name, "points": points, "least": least, "most": most, "why": why, "known": str(known)}
            for name, points, least, most, why, known in score.terms
        ],
    }


def load(bid_id: str, stored: dict[str, Any]) -> Score:
    """A score from the JSON that `store` made."""
    terms: list[Term] = []
    for term in stored["terms"]:
        known = Fraction(term["known"])
        terms.append(Term(term["name"], term["points"], term["least"], term["most"], term["why"], known))
    return Score(bid_id, tuple(terms), stored["provisional"])
