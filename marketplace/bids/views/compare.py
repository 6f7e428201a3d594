"""Two to four bids side by side, with the best of each row said in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.bids import policy
from marketplace.bids.cards import Card
from marketplace.bids.listing import compared_bids, newest_rank
from marketplace.bids.states import BidState
from marketplace.bids.views.blueprint import bp, ranked_job
from marketplace.bids.views.ranked import cards_of
from marketplace.core import money
from marketplace.jobs.models import Job
from marketplace.prototypes.states import PrototypeState
from marketplace.ranking.explain import Column, points
from marketplace.web.access import signed_in
from marketplace.web.filters import number
from marketplace.web.request import actor, now

FEWEST, MOST = 2, 4


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of all compared bids: its words, and which of them are the best."""

    heading: str
    values: Sequence[str]
    best: Sequence[bool]


@bp.get("/jobs/<slug>/compare")
@signed_in
def compare(slug: str) -> ResponseReturnValue:
    """The comparison, or what to tick when it can't be made."""
    job = ranked_job(slug)
    ids = {int(value) for value in request.args.getlist("bid") if value.isascii() and value.isdigit()}
    bids = compared_bids(job.id, ids)
    problem = ""
    if not FEWEST <= len(ids) <= MOST:
        problem = f"Tick {FEWEST} to {MOST} bids to compare them; you ticked {len(ids)}."
    elif len(bids) != len(ids):
        problem = "Some of these bids are not there. Tick them again."
    if problem:
        return render_template("bids/compare.html", job=job, cards=[], rows=[], problem=problem), 422
    cards = cards_of(job, bids, newest_rank(job.id)[1])
    may_award = {card.bid.id for card in cards if policy.may_decide(actor(), card.bid, now())}
    return render_template(
        "bids/compare.html", job=job, cards=cards, rows=_rows(job, cards), problem="", may_award=may_award
    )


def _rows(job: Job, cards: Sequence[Card]) -> list[Row]:
    standing = [card.bid.state != BidState.WITHDRAWN for card in cards]

    def row(heading: str, value: Callable[[Card], Any], words: Callable[[Any], str], *, high: bool = False) -> Row:
        values = [value(card) if stands else None for card, stands in zip(cards, standing, strict=True)]
        known = [one for one in values if one is not None]
        top = (max if high else min)(known, default=None)
        told = len(set(known)) > 1
        missing = ["Not checked" if stands else "Withdrawn" for stands in standing]
        return Row(
            heading,
            [other if one is None else words(one) for one, other in zip(values, missing, strict=True)],
            [told and one is not None and one == top for one in values],
        )

    return [
        row("Price", lambda card: card.bid.price, lambda price: money.display(price, job.currency)),
        row("Days to deliver", lambda card: card.bid.days, number),
        row("Live after payment within", lambda card: card.bid.go_live_hours, lambda hours: f"{number(hours)} hours"),
        row("Checks met", _met, lambda met: f"{met[1]} of {met[2]}", high=True),
        row("Answers in", _response, lambda milliseconds: f"{milliseconds / 1000:.2f} s"),
        *(row(part.heading, _column(index), _points, high=True) for index, part in enumerate(_shared_columns(cards))),
    ]


def _met(card: Card) -> tuple[float, int, int] | None:
    """(share, met, measured) of a live prototype."""
    found = card.bid.prototype
    if found is None or found.state != PrototypeState.LIVE or not found.measured:
        return None
    return (found.met or 0) / found.measured, found.met or 0, found.measured


def _response(card: Card) -> int | None:
    found = card.bid.prototype
    return found.response_ms if found and found.state == PrototypeState.LIVE else None


def _shared_columns(cards: Sequence[Card]) -> Sequence[Column]:
    """The columns of the score, once every card has them."""
    return cards[0].columns if all(card.columns for card in cards) else ()


def _points(pair: tuple[int, int]) -> str:
    return f"{points(pair[0])} of {points(pair[1])} points"


def _column(index: int) -> Callable[[Card], tuple[int, int]]:
    return lambda card: (card.columns[index].points, card.columns[index].most)
