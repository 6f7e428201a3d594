"""Breaks a score down for reading: how its terms add up, how it differs from another score, and what would raise it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from marketplace.ranking.explain import COLUMNS, LABELS, LINK_RAISES, RAISES
from marketplace.ranking.facts import BidFacts, JobFacts
from marketplace.ranking.score import Score, Term, room_left, score
from marketplace.ranking.weights import CURRENT, Weights

TONES = {name: tone for tone, (_, names) in enumerate(COLUMNS, 1) for name in names}
"""Term -> the number of its column, which colours charts."""

OF_LINK = ("verified", "requirements", "polish", "dead")
"""Terms about the prototype."""


class ScoreStep(NamedTuple):
    """One term of a sum as a bar from `start` to `end`, milli-points."""

    start: int
    end: int


class ScoreChart(NamedTuple):
    """A waterfall chart of a sum: contiguous bars from 0, and its range in milli-points."""

    steps: Sequence[ScoreStep]
    low: int
    high: int

    @property
    def total(self) -> int:
        """Where the last bar ends."""
        return self.steps[-1].end if self.steps else 0


class ScoreDifference(NamedTuple):
    """By how many milli-points the upper bid leads in one term; negative where it is behind."""

    name: str
    upper: int
    lower: int
    words: str

    @property
    def points(self) -> int:
        """The lead."""
        return self.upper - self.lower


class Bounds(NamedTuple):
    """A term's name, its label, and the points that it can give, such as "-8 to 8"."""

    name: str
    label: str
    points: str


class Gain(NamedTuple):
    """What the bidder could do about one term, and the most milli-points that it would give."""

    name: str
    advice: str
    points: int


def score_chart(parts: Iterable[int], most: int = 0) -> ScoreChart:
    """A waterfall chart; its range reaches at least `most`, so that bids can be compared by eye."""
    steps: list[ScoreStep] = []
    end = 0
    for part in parts:
        steps.append(ScoreStep(end, end + part))
        end += part
    ends = [step.end for step in steps]
    return ScoreChart(steps, min([0, *ends]), max([most, 0, *ends]))


def differences(upper: Score, lower: Score) -> list[ScoreDifference]:
    """The differences of two scores term by term; they sum exactly to the difference of the totals."""
    ours, theirs = ({term.name: term for term in one.terms} for one in (upper, lower))
    return [_difference(name, ours.get(name), theirs.get(name)) for name in dict.fromkeys([*ours, *theirs])]


def gains(terms: Iterable[Term]) -> list[Gain]:
    """What the bidder could do, the largest gain first; nothing about what is not scored yet.

    Without a working prototype all its terms are one gain.
    """
    by_name = {term.name: term for term in terms}
    possible: list[Gain] = []
    if first := LINK_RAISES.get(by_name["verified"].why):
        parts = [by_name.pop(name) for name in OF_LINK]
        possible.append(Gain(*first, sum(map(room_left, parts))))
    possible += [Gain(name, RAISES[name], room_left(term)) for name, term in by_name.items() if name in RAISES]
    return sorted((gain for gain in possible if gain.points > 0), key=lambda gain: -gain.points)


def bounds_in_words(weights: Weights = CURRENT) -> list[Bounds]:
    """Each term with the points that it can give, if all can be scored; the same for every bid."""
    job = JobFacts(budget_max=1, currency="EUR", requirements=1)
    return [_bounds(term) for term in score(job, BidFacts(id="any", price=1), weights).terms]


def _bounds(term: Term) -> Bounds:
    least, most = (f"{milli / 1000:g}" for milli in (term.least, term.most))
    words = f"{least} or 0" if not term.most else f"0 to {most}" if not term.least else f"{least} to {most}"
    return Bounds(term.name, LABELS[term.name], words)


def _difference(name: str, upper: Term | None, lower: Term | None) -> ScoreDifference:
    ours, theirs = (term.why if term else "not scored" for term in (upper, lower))
    words = f"both: {ours}" if ours == theirs else f"{ours}; the other: {theirs}"
    return ScoreDifference(name, upper.points if upper else 0, lower.points if lower else 0, words)
