"""Who may read and write in a bid's thread: its bidder and its client, nobody else."""

from __future__ import annotations

from marketplace.accounts.models import User
from marketplace.accounts.policy import acts_for
from marketplace.bids.models import Bid
from marketplace.bids.states import BidState
from marketplace.core.errors import SUSPENDED, unless

SILENT = frozenset({BidState.DRAFT, BidState.WITHDRAWN, BidState.HIDDEN})
"""States of bids whose thread is closed for new messages."""


def may_read(person: User | None, bid: Bid) -> bool:
    """Allow the two sides of a placed bid."""
    return bid.submitted_at is not None and acts_for(person, bid.freelancer_id, bid.job.client_id)


def why_not_write(person: User | None, bid: Bid) -> str | None:
    """Allow both sides in good standing, while the bid stands."""
    only = "Nothing more can be written about this bid."
    return unless(may_read(person, bid) and bid.state not in SILENT, only) or unless(
        person is not None and not person.is_suspended, SUSPENDED
    )


def other_side(person: User, bid: Bid) -> int:
    """Id of the other participant of the thread."""
    return bid.job.client_id if acts_for(person, bid.freelancer_id) else bid.freelancer_id
