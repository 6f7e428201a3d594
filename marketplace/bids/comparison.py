"""Compare bids side by side: one row per fact, with the best bids marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.bids.cards import BidCard
from marketplace.bids.gathering import known_state
from marketplace.bids.states import BidState
from marketplace.core import money
from marketplace.prototypes.models import Prototype
from marketplace.ranking.explain import points
from marketplace.ranking.facts import RankedState
from marketplace.ranking.score import WORKING


@dataclass(frozen=True, slots=True)
class Fact:
    """A comparable fact: how to read it from a card (None: unknown), format it, and whether higher is better."""

    heading: str
    value: Callable[[BidCard], Any]
    words: Callable[[Any], str]
    more_is_better: bool = False
    absent: str = "Not checked"


@dataclass(frozen=True, slots=True)
class Row:
    """One fact for all compared bids: the texts, and which of them are best."""

    heading: str
    values: Sequence[str]
    best: Sequence[bool]


def compare(cards: Sequence[BidCard], currency: str) -> list[Row]:
    """Return the rows; a withdrawn bid has no values, and no bid is best where all are equal."""
    facts = [
        Fact("Price", lambda card: card.bid.price, lambda price: money.display(price, currency)),
        Fact("Days to deliver", lambda card: card.bid.days, str),
        Fact("Live after payment within", lambda card: card.bid.go_live_hours, _hours, absent="No promise"),
        Fact("Checks met", _met, lambda met: f"{met[1]} of {met[2]}", more_is_better=True),
        Fact("Answers in", _answer_time, lambda milliseconds: f"{max(milliseconds, 10) / 1000:.2f} s"),
    ]
    if all(card.columns for card in cards):
        facts += [
            Fact(f"Points, {part.heading.lower()}", _column(index), _points, more_is_better=True)
            for index, part in enumerate(cards[0].columns)
        ]
    return [_row(fact, cards) for fact in facts]


def _row(fact: Fact, cards: Sequence[BidCard]) -> Row:
    stands = [card.bid.state != BidState.WITHDRAWN for card in cards]
    values = [fact.value(card) if standing else None for card, standing in zip(cards, stands, strict=True)]
    known = [value for value in values if value is not None]
    top = (max if fact.more_is_better else min)(known, default=None)
    words = [
        fact.words(value) if value is not None else fact.absent if standing else "Withdrawn"
        for value, standing in zip(values, stands, strict=True)
    ]
    told = {fact.words(value) for value in known}  # values that display the same count as equal
    best = [len(told) > 1 and value is not None and fact.words(value) == fact.words(top) for value in values]
    return Row(fact.heading, words, best)


def _hours(hours: int) -> str:
    return "1 hour" if hours == 1 else f"{hours:,} hours"


def _met(card: BidCard) -> tuple[float, int, int] | None:
    """(share met, met, measured) of a working prototype, from the facts the rank uses."""
    found = card.counted
    if found is None or found.state not in WORKING or not found.measured:
        return None
    return found.met / found.measured, found.met, found.measured


def _answer_time(card: BidCard) -> int | None:
    found = _live(card)
    return found.response_ms if found else None


def _live(card: BidCard) -> Prototype | None:
    """Prototype if its last known state is live; a check in progress does not change that."""
    found = card.bid.prototype
    return found if found and known_state(found) == RankedState.LIVE else None


def _column(index: int) -> Callable[[BidCard], tuple[int, int]]:
    return lambda card: (card.columns[index].points, card.columns[index].most)


def _points(pair: tuple[int, int]) -> str:
    return f"{points(pair[0])} of {points(pair[1])}"
