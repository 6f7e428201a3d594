"""Actions of client and moderators: shortlist, decline, note, hide, restore, and lapse bids when a job ends."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.policy import why_not_moderate
from marketplace.bids import policy
from marketplace.bids.models import Bid
from marketplace.bids.services.locking import lock_bid
from marketplace.bids.services.rescoring import ask_for_rescore
from marketplace.bids.states import DECIDABLE, MOVES, BidState
from marketplace.core.database import db
from marketplace.core.errors import Invalid, demand
from marketplace.core.events import bid_changed, bid_declined
from marketplace.core.transitions import move, move_all
from marketplace.jobs.models import Job
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.services import stop_watching

if TYPE_CHECKING:
    from marketplace.accounts.models import User

CLIENT, ADMIN = "client", "admin"
MAX_REASON, MAX_CLIENT_NOTE = 1_000, 5_000
"""Maximum lengths in characters."""


def shortlist(actor: User, bid: Bid, now: datetime) -> None:
    """Shortlist a bid; does nothing when it is shortlisted already."""
    lock_bid(bid)
    demand(policy.why_not_decide(actor, bid, now))
    if bid.state == BidState.SUBMITTED:
        move(bid, BidState.SHORTLISTED, CLIENT, MOVES)
        bid_changed.send(bid, change="shortlisted")


def unshortlist(actor: User, bid: Bid, now: datetime) -> None:
    """Remove a bid from the shortlist; nobody is notified."""
    lock_bid(bid)
    demand(policy.why_not_decide(actor, bid, now))
    if bid.state == BidState.SHORTLISTED:
        move(bid, BidState.SUBMITTED, CLIENT, MOVES)


def decline_bid(actor: User, bid: Bid, reason: str, now: datetime) -> None:
    """Decline a bid with a reason the bidder reads; raises Invalid without one."""
    lock_bid(bid)
    demand(policy.why_not_decide(actor, bid, now))
    if not reason.strip():
        raise Invalid("reason", "Tell the bidder why, in a sentence.")
    move(bid, BidState.DECLINED, CLIENT, MOVES, decline_reason=reason.strip())
    bid_declined.send(bid)
    ask_for_rescore(bid.job_id, now)


def undo_decline(actor: User, bid: Bid, now: datetime) -> None:
    """Undo a decline: the bid is submitted again unchanged."""
    lock_bid(bid)
    demand(policy.why_not_undo_decline(actor, bid, now))
    move(bid, BidState.SUBMITTED, CLIENT, MOVES, decline_reason="")
    bid_changed.send(bid, change="reconsidered")
    ask_for_rescore(bid.job_id, now)


def set_client_note(actor: User, bid: Bid, note: str) -> None:
    """Store the client's private note on a bid."""
    demand(policy.why_not_take_notes(actor, bid))
    bid.client_note = note.strip()


def hide_bid(actor: User, bid: Bid, reason: str, now: datetime) -> None:
    """Hide a bid as admin; it is unranked until restored."""
    lock_bid(bid)
    demand(why_not_moderate(actor))
    move(bid, BidState.HIDDEN, ADMIN, MOVES, hidden_reason=reason)
    bid.job.bid_count -= 1
    ask_for_rescore(bid.job_id, now)


def restore_bid(actor: User, bid: Bid, now: datetime) -> None:
    """Restore a hidden bid as admin."""
    lock_bid(bid)
    demand(why_not_moderate(actor))
    move(bid, BidState.SUBMITTED, ADMIN, MOVES, hidden_reason=None)
    bid.job.bid_count += 1
    ask_for_rescore(bid.job_id, now)


def lapse_bids(job: Job, winner_id: int | None = None) -> None:
    """Lapse all undecided bids except the winner's and stop watching their links; call with the job locked."""
    others = (Bid.job_id == job.id) & (Bid.id != (winner_id or 0))
    linked = select(Prototype.id).join(Bid, Bid.prototype_id == Prototype.id).where(others).order_by(Prototype.id)
    stop_watching(list(db.session.scalars(linked.with_for_update(key_share=True, of=Prototype))))
    move_all(Bid, DECIDABLE, BidState.LAPSED, CLIENT, MOVES, others)
