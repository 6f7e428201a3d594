"""Whose work may be watched for: pure rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.bids.policy import is_bidder
from marketplace.bids.states import BidState

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.bids.models import Bid

REJECTED = frozenset({BidState.DECLINED, BidState.LAPSED})
"""Declined by the client, or lapsed: another bid won, or the job ended without an award."""


def may_watch(person: User | None, bid: Bid) -> bool:
    """Its bidder, once the bid was rejected, if it showed a prototype."""
    acts = person is not None and is_bidder(person, bid) and not person.is_suspended
    return acts and bid.state in REJECTED and bid.prototype_id is not None
