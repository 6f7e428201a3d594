"""Explain why one bid ranks above another: the score difference term by term, in words and points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from marketplace.bids.cards import BidCard
from marketplace.ranking.breakdown import TONES, ScoreChart, ScoreDifference, ScoreStep, differences, score_chart
from marketplace.ranking.explain import LABELS, points

MOST_NAMED = 2


class ScoreGap(NamedTuple):
    """One row of a pair: the difference in one term, with its bar."""

    difference: ScoreDifference
    label: str
    tone: int
    step: ScoreStep


@dataclass(frozen=True, slots=True)
class BidPair:
    """Two ranked bids, the better one first; the rows add up to `picture.total`, the gap in milli-points."""

    upper: BidCard
    lower: BidCard
    rows: Sequence[ScoreGap]
    picture: ScoreChart
    reason: str


def pairs(cards: Sequence[BidCard]) -> list[BidPair]:
    """All pairs of ranked cards, smallest rank distance first."""
    placed = sorted((card for card in cards if card.place and card.score), key=lambda card: card.place or 0)
    places = sorted(combinations(range(len(placed)), 2), key=lambda pair: (pair[1] - pair[0], pair))
    return [_pair(placed[upper], placed[lower]) for upper, lower in places]


def _pair(upper: BidCard, lower: BidCard) -> BidPair:
    apart = differences(upper.score, lower.score) if upper.score and lower.score else []
    drawn = score_chart([one.points for one in apart])
    rows = [
        ScoreGap(one, LABELS[one.name], TONES[one.name], step) for one, step in zip(apart, drawn.steps, strict=True)
    ]
    return BidPair(upper, lower, rows, drawn, _reason(rows, drawn.total) if drawn.total else _tie(upper, lower))


def _reason(rows: Sequence[ScoreGap], gap: int) -> str:
    leads = sorted((row for row in rows if row.difference.points > 0), key=lambda row: -row.difference.points)
    behind = sorted((row for row in rows if row.difference.points < 0), key=lambda row: row.difference.points)
    sentence = f"Ahead by {points(gap)} points, most of all in {_named(leads)}."
    return f"{sentence} It is behind in {_named(behind)}." if behind else sentence


def _named(rows: Sequence[ScoreGap]) -> str:
    return " and ".join(f"{row.label.lower()} ({signed(row.difference.points)})" for row in rows[:MOST_NAMED])


def signed(milli: int) -> str:
    """Format milli-points as signed points: 6154 gives "+6.2"."""
    return f"{'+' if milli > 0 else ''}{points(milli)}"


def _tie(upper: BidCard, lower: BidCard) -> str:
    """Explain a tie: the earlier bid ranks first, then a hash decides (see ranking.order)."""
    first, second = upper.bid.submitted_at, lower.bid.submitted_at
    if first and second and first < second:
        return "Both have the same points to the thousandth. The bid that was placed earlier stands first."
    return (
        "Both have the same points and were placed at the same moment. A draw decides that is fixed for this job: "
        "a hash of the job and the bid, which nobody can choose."
    )
