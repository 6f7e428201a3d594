"""Update the winning and losing bids when the contract is signed or the offer falls through."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from marketplace.bids.models import Bid
from marketplace.bids.services.locking import lock_bid
from marketplace.bids.services.rescoring import ask_for_rescore
from marketplace.bids.states import MOVES, BidState
from marketplace.core.database import db
from marketplace.core.transitions import move
from marketplace.jobs.models import Job
from marketplace.prototypes.services import stop_watching, watch_again

BIDDER, CLIENT, CLOCK = "bidder", "client", "clock"
_ENDS = {BIDDER: BidState.WITHDRAWN, CLIENT: BidState.DECLINED, CLOCK: BidState.LAPSED}
_STANDING_AGAIN = (BidState.LAPSED, BidState.DECLINED)


def accept_bid(bid: Bid, now: datetime) -> None:
    """Mark the winning bid accepted after both sides signed."""
    lock_bid(bid)
    move(bid, BidState.ACCEPTED, BIDDER, MOVES, updated_at=now)


def note_told(job: Job, now: datetime) -> None:
    """Record that the award revealed rank and points to all bidders; call with the job locked."""
    placed = Bid.job_id == job.id, Bid.submitted_at.is_not(None), Bid.state != BidState.WITHDRAWN
    told = update(Bid).where(*placed, Bid.told_at.is_(None)).values(told_at=now)
    db.session.execute(told.execution_options(synchronize_session="fetch"))


def give_back_award(bid: Bid, by: str, reason: str, now: datetime) -> None:
    """Revoke the award: withdrawn by the bidder, declined by the client, or lapsed by the clock."""
    lock_bid(bid)
    told = {"decline_reason": reason} if by == CLIENT else {}
    move(bid, _ENDS[by], by, MOVES, updated_at=now, **told)
    if by != CLIENT and bid.prototype_id:
        stop_watching([bid.prototype_id])
    if by == BIDDER:
        bid.job.bid_count -= 1


def revive_bids(job: Job, but: Bid, now: datetime) -> list[Bid]:
    """Resubmit unchanged the bids that lapsed when another won; call with the job locked.

    Watch their links again, and those of bids the client had declined.
    """
    others = select(Bid).where(Bid.job_id == job.id, Bid.id != but.id, Bid.state.in_(_STANDING_AGAIN)).order_by(Bid.id)
    bids = db.session.scalars(others.with_for_update(key_share=True).execution_options(populate_existing=True)).all()
    revived = [bid for bid in bids if bid.state == BidState.LAPSED]
    for bid in revived:
        move(bid, BidState.SUBMITTED, CLOCK, MOVES)
    watch_again([bid.prototype_id for bid in bids if bid.prototype_id], now)
    ask_for_rescore(job.id, now)
    return revived
