"""Who may read and write in a bid's thread: its bidder and its client, nobody else."""

from __future__ import annotations

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.bids.states import BidState

SILENT = frozenset({BidState.DRAFT, BidState.WITHDRAWN, BidState.HIDDEN})
"""Bids in whose thread nothing more is written."""


def may_read(person: User | None, bid: Bid) -> bool:
    """The two sides of a bid that was placed."""
    return person is not None and bid.submitted_at is not None and person.id in (bid.freelancer_id, bid.job.client_id)


def may_write(person: User | None, bid: Bid) -> bool:
    """Both sides in good standing, while the bid stands."""
    return may_read(person, bid) and person is not None and not person.is_suspended and bid.state not in SILENT


def other_side(person: User, bid: Bid) -> int:
    """Id of the person on the other side of the thread."""
    return bid.job.client_id if person.id == bid.freelancer_id else bid.freelancer_id
