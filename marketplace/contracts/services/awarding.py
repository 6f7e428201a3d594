"""Award a job to exactly one winner, even with repeated or concurrent requests."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.bids import policy
from marketplace.bids.models import Bid
from marketplace.bids.services.after_award import note_told
from marketplace.bids.services.deciding import lapse_bids
from marketplace.bids.services.locking import lock_bid
from marketplace.bids.states import MOVES, BidState
from marketplace.contracts.models import Award
from marketplace.contracts.queries import award_of, contract_of
from marketplace.contracts.services.offering import make_offer
from marketplace.contracts.terms import Days
from marketplace.core.database import db
from marketplace.core.errors import Conflict, demand
from marketplace.core.events import job_awarded
from marketplace.core.transitions import move
from marketplace.jobs.states import MOVES as JOB_MOVES
from marketplace.jobs.states import JobState

if TYPE_CHECKING:
    from marketplace.accounts.models import User

CLIENT = "client"


class BidChanged(Conflict):
    """The bid changed since the client looked at it."""


def award_bid(actor: User, bid: Bid, seen_version: int, now: datetime, days: Days = Days()) -> Award:  # noqa: B008
    """Make `bid` the winner if its Bid.version is still `seen_version`, and make the offer.

    Idempotent: returns an existing award of this bid. Raises NotAllowed when the actor isn't the job's client in good
    standing, BidChanged when the bid was edited since, and Conflict when it was withdrawn, another bid has won, or the
    decision deadline has passed. Lapses the other bids and stops watching their links.
    """
    lock_bid(bid)
    job = bid.job
    demand(policy.why_not_act_as_client(actor, job))
    if award := award_of(job.id):
        return _same(award, bid)
    demand(policy.why_not_decide(actor, bid, now))
    if bid.version != seen_version:
        raise BidChanged("The bid has changed since you opened this page. Look at it again before you award it.")
    move(job, JobState.AWARDED, CLIENT, JOB_MOVES, updated_at=now, closed_at=job.closed_at or now)
    move(bid, BidState.AWARDED, CLIENT, MOVES, updated_at=now)
    award = Award(job_id=job.id, bid_id=bid.id, job=job, bid=bid, awarded_by=actor.id, awarded_at=now)
    award.price, award.currency = bid.price or 0, job.currency
    db.session.add(award)
    db.session.flush()
    lapse_bids(job, winner_id=bid.id)
    note_told(job, now)
    make_offer(award, days, now)
    job_awarded.send(award)
    return award


def another_won(award: Award) -> Conflict:
    """Conflict for awarding a second bid, with a link to the existing contract."""
    contract = contract_of(award.id)
    link = (f"/contracts/{contract.id}", "Go to the contract with the winner") if contract else None
    return Conflict("You have awarded this job to another bid already. A job has one winner.", link)


def _same(award: Award, bid: Bid) -> Award:
    if award.bid_id != bid.id:
        raise another_won(award)
    return award
