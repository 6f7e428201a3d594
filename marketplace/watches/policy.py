"""Whose work may be watched: pure rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.policy import acts_for, why_not_act_for
from marketplace.bids.states import BidState
from marketplace.core.errors import unless

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.bids.models import Bid
    from marketplace.watches.models import WorkWatch

REJECTED = frozenset({BidState.DECLINED, BidState.LAPSED})
"""Declined by the client, or lapsed because another bid won or the job ended without an award."""


def why_not_watch(person: User | None, bid: Bid) -> str | None:
    """The bidder, once the bid was rejected, if it had a prototype."""
    only = "Work is watched for once its bid was rejected, on its bidder’s wish."
    refusal = why_not_act_for(person, bid.freelancer_id, only)
    return refusal or unless(bid.state in REJECTED and bid.prototype_id is not None, only)


def why_not_stop(person: User | None, bid: Bid, watch: WorkWatch | None) -> str | None:
    """The bidder, in any state of the bid."""
    return unless(watch is not None and acts_for(person, bid.freelancer_id), "There is no such watch of yours.")
