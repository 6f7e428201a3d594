"""Blueprint of the bids room and its lookups of bids."""

from __future__ import annotations

from flask import Blueprint

from marketplace.bids import policy
from marketplace.bids.models import Bid
from marketplace.bids.queries import bid_for, competes
from marketplace.core.errors import NotFound, demand, unless
from marketplace.jobs.models import Job
from marketplace.jobs.queries import job_for
from marketplace.web.request import actor

bp = Blueprint("bids", __name__)


def own_bid(bid_id: int) -> Bid:
    """The signed-in person's own bid; raises NotFound when they may not see it, NotAllowed when it is another's."""
    bid = bid_for(actor(), bid_id)
    demand(unless(policy.is_bidder(actor(), bid), policy.NOT_BIDDER))
    return bid


def received_bid(bid_id: int) -> Bid:
    """A bid on the signed-in person's job; raises NotFound when they may not see it, NotAllowed on another's job."""
    bid = bid_for(actor(), bid_id)
    demand(unless(policy.is_client(actor(), bid), policy.NOT_CLIENT))
    return bid


def ranked_job(slug: str) -> Job:
    """A job whose ranking the signed-in person may see; raises NotFound otherwise."""
    job = job_for(actor(), slug)
    if not policy.may_see_ranking(actor(), job, competes=competes(actor(), job)):
        raise NotFound("There is no such page.")
    return job
