"""What a freelancer offers, as a plain value apart from where it is stored, and what is still missing from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from marketplace.checker.guard.link_syntax import link_problem
from marketplace.core import money

MIN_NOTE, MAX_NOTE, MAX_CREDITS = 80, 5_000, 2_000
"""Characters; a shorter note says nothing about this job."""
MAX_DAYS, MAX_HOURS = 1_000, 2_000


@dataclass(frozen=True, slots=True)
class Offer:
    """All that a bid says; `price` in minor units of the job's currency, the rest as on the form."""

    price: int | None = None
    days: int | None = None
    go_live_hours: int | None = None
    """None: no promise."""
    note: str = ""
    credits: str = ""
    prototype_url: str = ""
    portfolio: tuple[int, ...] = ()
    """Ids of portfolio items."""
    testimonials: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferProblem:
    """Something that stands between a draft and a placed bid."""

    field: str
    message: str


def problems(offer: Offer, currency: str, *, prototype_required: bool = False) -> list[OfferProblem]:
    """Everything that must be mended before the bid can be placed, in the order of the form."""
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
