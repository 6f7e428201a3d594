"""A freelancer's offer as a plain value independent of storage, and validation of its completeness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from marketplace.checker.guard.link_syntax import link_problem
from marketplace.core import money

MIN_NOTE, MAX_NOTE, MAX_CREDITS = 80, 5_000, 2_000
"""Limits in characters; a note shorter than MIN_NOTE says too little about the job."""
MAX_DAYS, MAX_HOURS = 1_000, 2_000


@dataclass(frozen=True, slots=True)
class Offer:
    """Contents of a bid; `price` in minor units of the job's currency."""

    price: int | None = None
    days: int | None = None
    go_live_hours: int | None = None
    """Promised hours from payment to live; None: no promise."""
    note: str = ""
    credits: str = ""
    prototype_url: str = ""
    portfolio: tuple[int, ...] = ()
    """Ids of portfolio items."""
    testimonials: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferProblem:
    """A problem that prevents a draft from being placed."""

    field: str
    message: str


def problems(offer: Offer, currency: str, *, prototype_required: bool = False) -> list[OfferProblem]:
    """List every problem to fix before the bid can be placed, in form order."""
    return list(_problems(offer, currency, prototype_required))


def _problems(offer: Offer, currency: str, prototype_required: bool) -> Iterator[OfferProblem]:
    if not offer.price:
        yield OfferProblem("price", f"Enter your price, such as {money.example(currency)}.")
    if offer.days is None:
        yield OfferProblem("days", "Enter how many days the work takes, such as 18.")
    if message := link_problem(offer.prototype_url):
        yield OfferProblem("prototype_url", message)
    elif prototype_required and not offer.prototype_url:
        yield OfferProblem("prototype_url", "This job takes only bids with a working prototype: enter its link.")
    if len(offer.note.strip()) < MIN_NOTE:
        yield OfferProblem("note", f"Write at least {MIN_NOTE} characters on how you’d do this job.")
