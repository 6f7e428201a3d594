"""Actions of bidders: save incomplete drafts, place complete bids, edit or withdraw them until bids close."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.linked_accounts import link_between
from marketplace.accounts.linking_rules import refusal as refusal_of_linked
from marketplace.accounts.models import PortfolioItem, Testimonial
from marketplace.bids import policy
from marketplace.bids.fits import keep_fits
from marketplace.bids.models import Bid
from marketplace.bids.offer import Offer, problems
from marketplace.bids.queries import own_bid_on
from marketplace.bids.services.links import follow_link, locked_prototype
from marketplace.bids.services.locking import lock_bid
from marketplace.bids.services.rescoring import ask_for_rescore
from marketplace.bids.states import MOVES, BidState
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, demand
from marketplace.core.events import bid_changed, bid_submitted
from marketplace.core.transitions import move
from marketplace.jobs import policy as jobs_policy
from marketplace.jobs.models import Job
from marketplace.jobs.services.locking import lock_job
from marketplace.prototypes.services import request_check, stop_watching

if TYPE_CHECKING:
    from marketplace.accounts.models import User

BIDDER = "bidder"


class Linked(NotAllowed):
    """The bidder's account is linked to the client's; the draft is kept, and a moderator may clear the link."""


def why_linked(actor: User, job: Job) -> str | None:
    """Why this bid is refused because bidder and client look like one person; None when they do not."""
    kind = link_between(actor.id, job.client_id)
    return refusal_of_linked(kind, "the client’s", "bid on each other’s jobs") if kind else None


def why_not_again(actor: User, job: Job) -> str | None:
    """Why this person cannot bid again after withdrawing a bid whose rank they were told; None when they can."""
    earlier = (Bid.job_id == job.id) & (Bid.freelancer_id == actor.id) & (Bid.state == BidState.WITHDRAWN)
    if db.session.scalar(select(Bid.id).where(earlier, Bid.told_at.is_not(None)).limit(1)) is None:
        return None
    return (
        "You know where the bid stood that you withdrew. The others’ bids are sealed, so you can’t place another one."
    )


def save_draft(actor: User, job: Job, offer: Offer, now: datetime) -> Bid:
    """Save `offer`, complete or not, as the actor's only draft on the job.

    An existing draft is saved even after bids closed. Raises NotAllowed when the actor can't bid on the job, Conflict
    when a bid was placed meanwhile.
    """
    lock_job(job)
    bid = own_bid_on(actor, job)
    if bid is None:
        if refusal := jobs_policy.why_not_bid(actor, job, now) or why_not_again(actor, job):
            raise NotAllowed(refusal)
        bid = Bid(job_id=job.id, freelancer_id=actor.id, job=job, state=BidState.DRAFT, created_at=now, updated_at=now)
        db.session.add(bid)
    else:
        demand(policy.why_not_write(actor, bid))
    _write(bid, offer, now)
    return bid


def place_bid(actor: User, bid: Bid, now: datetime) -> None:
    """Place a draft if bids are open at `now`; check its link unless it was checked while drafting.

    Raises Invalid for the first problem of an incomplete draft, Conflict when bids have closed, Linked when the
    account is linked to the client's; all leave the draft unchanged.
    """
    lock_bid(bid)
    demand(policy.why_not_write(actor, bid))
    if refusal := jobs_policy.why_not_bid(actor, bid.job, now) or why_not_again(actor, bid.job):
        raise Conflict(refusal)
    if refusal := why_linked(actor, bid.job):
        raise Linked(refusal)
    _refuse_incomplete(bid)
    follow_link(bid, now)
    move(bid, BidState.SUBMITTED, BIDDER, MOVES, submitted_at=now, updated_at=now, job_version=bid.job.version)
    bid.job.bid_count += 1
    keep_fits(Bid.id == bid.id)
    bid_submitted.send(bid)
    ask_for_rescore(bid.job_id, now)


def edit_bid(actor: User, bid: Bid, offer: Offer, now: datetime) -> None:
    """Edit a placed bid until bids close; raises Invalid as place_bid does, Conflict when they have closed."""
    lock_bid(bid)
    demand(policy.why_not_edit(actor, bid, now))
    _write(bid, offer, now)
    _refuse_incomplete(bid)
    follow_link(bid, now)
    bid.version += 1
    bid.job_version = bid.job.version
    db.session.flush()
    keep_fits(Bid.id == bid.id)
    bid_changed.send(bid, change="edited")
    ask_for_rescore(bid.job_id, now)


def withdraw_bid(actor: User, bid: Bid, now: datetime) -> None:
    """Withdraw a bid until bids close, or discard a draft, and stop watching its link."""
    lock_bid(bid)
    demand(policy.why_not_withdraw(actor, bid, now))
    was_placed = bid.state != BidState.DRAFT
    move(bid, BidState.WITHDRAWN, BIDDER, MOVES, updated_at=now)
    if bid.prototype_id:
        stop_watching([bid.prototype_id])
    if was_placed:
        bid.job.bid_count -= 1
        bid_changed.send(bid, change="withdrawn")
        ask_for_rescore(bid.job_id, now)


def check_draft_link(actor: User, bid: Bid, now: datetime) -> None:
    """Check the draft's link now: a new link first, else recheck the known one (Conflict when too soon)."""
    lock_bid(bid)
    demand(policy.why_not_write(actor, bid))
    if not follow_link(bid, now):
        _check_again(bid, now)


def check_link_again(actor: User, bid: Bid, now: datetime) -> None:
    """Check the bid's link now; raises Conflict when a check is running or was requested too recently."""
    lock_bid(bid)
    demand(policy.why_not_check(actor, bid))
    _check_again(bid, now)


def _check_again(bid: Bid, now: datetime) -> None:
    if prototype := locked_prototype(bid):
        request_check(prototype, now)


def _write(bid: Bid, offer: Offer, now: datetime) -> None:
    """Copy the offer into the row; ignore portfolio items and testimonials that are not the bidder's own."""
    bid.price, bid.days, bid.go_live_hours = offer.price, offer.days, offer.go_live_hours
    bid.note, bid.credits, bid.prototype_url = offer.note, offer.credits, offer.prototype_url
    bid.portfolio = list(
        db.session.scalars(
            select(PortfolioItem).where(
                PortfolioItem.id.in_(offer.portfolio), PortfolioItem.user_id == bid.freelancer_id
            )
        )
    )
    bid.testimonials = list(
        db.session.scalars(
            select(Testimonial).where(
                Testimonial.id.in_(offer.testimonials),
                Testimonial.user_id == bid.freelancer_id,
                Testimonial.written_at.is_not(None),
                Testimonial.hidden_at.is_(None),
            )
        )
    )
    bid.updated_at = now
    db.session.flush()


def offer_of(bid: Bid) -> Offer:
    """Convert the stored bid to a plain value."""
    return Offer(
        price=bid.price,
        days=bid.days,
        go_live_hours=bid.go_live_hours,
        note=bid.note,
        credits=bid.credits,
        prototype_url=bid.prototype_url,
        portfolio=tuple(item.id for item in bid.portfolio),
        testimonials=tuple(testimonial.id for testimonial in bid.testimonials),
    )


def _refuse_incomplete(bid: Bid) -> None:
    for found in problems(offer_of(bid), bid.job.currency, prototype_required=bid.job.requires_prototype):
        raise Invalid(found.field, found.message)
