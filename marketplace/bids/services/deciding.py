"""The client's and the moderators' side: shortlist, decline, note, hide, and what becomes of bids when a job ends."""

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
"""Characters."""


def shortlist(actor: User, bid: Bid, now: datetime) -> None:
    """Put a bid on the client's short list; a bid that is on it stays there."""
    lock_bid(bid)
    demand(policy.why_not_decide(actor, bid, now))
    if bid.state == BidState.SUBMITTED:
        move(bid, BidState.SHORTLISTED, CLIENT, MOVES)
        bid_changed.send(bid, change="shortlisted")


def unshortlist(actor: User, bid: Bid, now: datetime) -> None:
    """Take a bid off the short list; nobody is told."""
    lock_bid(bid)
    demand(policy.why_not_decide(actor, bid, now))
    if bid.state == BidState.SHORTLISTED:
        move(bid, BidState.SUBMITTED, CLIENT, MOVES)


def decline_bid(actor: User, bid: Bid, reason: str, now: datetime) -> None:
    """Say no to a bid, with a reason that its bidder reads; raises Invalid without one."""
    lock_bid(bid)
    demand(policy.why_not_decide(actor, bid, now))
    if not reason.strip():
        raise Invalid("reason", "Tell the bidder why, in a sentence.")
    move(bid, BidState.DECLINED, CLIENT, MOVES, decline_reason=reason.strip())
    bid_declined.send(bid)
    ask_for_rescore(bid.job_id, now)


def undo_decline(actor: User, bid: Bid, now: datetime) -> None:
    """Take a decline back: the bid stands again as it was placed."""
    lock_bid(bid)
    demand(policy.why_not_undo_decline(actor, bid, now))
    move(bid, BidState.SUBMITTED, CLIENT, MOVES, decline_reason="")
    bid_changed.send(bid, change="reconsidered")
    ask_for_rescore(bid.job_id, now)


def set_client_note(actor: User, bid: Bid, note: str) -> None:
    """Keep the client's private note on a bid."""
    demand(policy.why_not_take_notes(actor, bid))
    bid.client_note = note.strip()


def hide_bid(actor: User, bid: Bid, reason: str, now: datetime) -> None:
    """An admin takes a bid down; it holds no place until it is restored."""
    lock_bid(bid)
    demand(why_not_moderate(actor))
    move(bid, BidState.HIDDEN, ADMIN, MOVES, hidden_reason=reason)
    bid.job.bid_count -= 1
    ask_for_rescore(bid.job_id, now)


def restore_bid(actor: User, bid: Bid, now: datetime) -> None:
    """An admin brings a hidden bid back as it was placed."""
    lock_bid(bid)
    demand(why_not_moderate(actor))
    move(bid, BidState.SUBMITTED, ADMIN, MOVES, hidden_reason=None)
    bid.job.bid_count += 1
    ask_for_rescore(bid.job_id, now)


def lapse_bids(job: Job, winner_id: int | None = None) -> None:
    """End all bids that could still have won, but the winner's; call with the job locked. Their links are let go."""
    others = (Bid.job_id == job.id) & (Bid.id != (winner_id or 0))
    linked = select(Prototype.id).join(Bid, Bid.prototype_id == Prototype.id).where(others).order_by(Prototype.id)
    stop_watching(list(db.session.scalars(linked.with_for_update(key_share=True, of=Prototype))))
    move_all(Bid, DECIDABLE, BidState.LAPSED, CLIENT, MOVES, others)
