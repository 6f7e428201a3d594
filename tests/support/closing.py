"""Bids placed, checked and ranked as in the product, before and after closing; call in an app context."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from marketplace.accounts.services.people import change_profile
from marketplace.bids.models import Bid
from marketplace.bids.services.rescoring import ask_for_rescore, rescore_due
from marketplace.bids.services.writing import offer_of, place_bid, save_draft
from marketplace.checker.requirements import Outcome
from marketplace.checker.states import CheckState
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.jobs.services.lifecycle import end_due
from marketplace.prototypes.models import Prototype
from tests.support.factories import START
from tests.support.looks import check_fully, check_quickly, record_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CLOSES = START + 7 * DAY
MISSED = {"text": Outcome.NOT_MET}
LIVE, BROKEN, REFUSED, UNKNOWN = (
    CheckState.LIVE, CheckState.BROKEN, CheckState.REFUSED, CheckState.UNKNOWN,
)  # fmt: skip


def bid_of(job: Job, person: Any, now: datetime = START, url: str = "", price: int = 290_000) -> Bid:
    """Place a bid by the product's service."""
    note = "I run a bouldering wall's site today, so the slot rules in your spec are familiar to me."
    blank = offer_of(Bid(note="", credits="", prototype_url="", portfolio=[], testimonials=[]))
    offer = replace(blank, price=price, days=9, go_live_hours=6, note=note, prototype_url=url)
    bid = save_draft(person, job, offer, now)
    place_bid(person, bid, now)
    db.session.commit()
    return bid


def link_of(bid: Bid) -> Prototype:
    assert bid.prototype
    return bid.prototype


def rank_now(job: Job, clock: FixedClock) -> tuple[Any, ...]:
    """Have the job ranked; return each bid's rank, points and terms."""
    clock.moment += timedelta(seconds=2)
    ask_for_rescore(job.id, clock.now())
    db.session.commit()
    while rescore_due(clock.now):
        pass
    bids = db.session.scalars(select(Bid).where(Bid.job_id == job.id).order_by(Bid.id)).all()
    db.session.expire_all()
    return tuple((bid.id, bid.rank, bid.score, bid.terms) for bid in bids)


def close(clock: FixedClock) -> None:
    """Pass the deadline; the worker that closes the job comes a little late."""
    clock.moment = CLOSES + 10 * MINUTE
    end_due(clock.now())
    db.session.commit()


def see(bid: Bid, at: datetime, missed: dict[str, Outcome] | None = None, begun_at: datetime | None = None) -> None:
    """Record a quick and a full check that find the page live."""
    check_quickly(link_of(bid), at, found=missed, begun_at=begun_at)
    check_fully(link_of(bid), at, record_of(link_of(bid), at, found=missed), begun_at=begun_at, polish=1.0)


def met(bid: Bid) -> str:
    """The rank's words about the requirements."""
    assert bid.terms
    return next(term["why"] for term in bid.terms["terms"] if term["name"] == "requirements")


def name_skills(person: Any, skills: list[str]) -> None:
    change_profile(person, headline="Sites", about="", skills=skills, rate_minor=None, currency="EUR", country=None)
    db.session.commit()
