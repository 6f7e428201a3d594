"""Row locks for decisions on bids."""

from __future__ import annotations

from marketplace.bids.models import Bid
from marketplace.core.database import db
from marketplace.jobs.services.locking import lock_job


def lock_bid(bid: Bid) -> None:
    """Lock and reload the job, then the bid, until the transaction ends.

    To avoid deadlocks, every transaction locks in this order: job, bid, prototype, rescore.
    """
    lock_job(bid.job)
    db.session.refresh(bid, with_for_update={"key_share": True, "of": Bid})
