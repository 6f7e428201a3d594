"""Lock a bid while something is decided about it."""

from __future__ import annotations

from marketplace.bids.models import Bid
from marketplace.core.database import db
from marketplace.jobs.services.locking import lock_job


def lock_bid(bid: Bid) -> None:
    """Lock the job, then the bid, read anew: what is decided below stays true until the transaction ends.

    Everybody takes rows in this order, or transactions could wait for each other: job, bid, prototype, rescore.
    """
    lock_job(bid.job)
    db.session.refresh(bid, with_for_update={"key_share": True, "of": Bid})
