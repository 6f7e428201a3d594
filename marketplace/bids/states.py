"""A bid's states and who may move it between them."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core.transitions import Transitions


class BidState(StrEnum):
    """draft -> submitted -> shortlisted -> awarded -> accepted; also declined, withdrawn, lapsed, hidden."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SHORTLISTED = "shortlisted"
    AWARDED = "awarded"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    HIDDEN = "hidden"


MOVES = Transitions(
    [
        ("draft", "submitted", "bidder"),
        ("draft", "withdrawn", "bidder"),
        ("submitted", "shortlisted", "client"),
        ("submitted", "awarded", "client"),
        ("submitted", "declined", "client"),
        ("submitted", "withdrawn", "bidder"),
        ("submitted", "lapsed", "clock client"),
        ("submitted", "hidden", "admin"),
        ("shortlisted", "submitted", "client"),
        ("shortlisted", "awarded", "client"),
        ("shortlisted", "declined", "client"),
        ("shortlisted", "withdrawn", "bidder"),
        ("shortlisted", "lapsed", "clock client"),
        ("shortlisted", "hidden", "admin"),
        ("declined", "submitted", "client"),
        ("declined", "hidden", "admin"),
        ("hidden", "submitted", "admin"),
        ("awarded", "accepted", "bidder"),
        ("awarded", "declined", "client"),
        ("awarded", "withdrawn", "bidder"),
        ("awarded", "lapsed", "clock"),
        ("lapsed", "submitted", "clock"),
    ]
)

LIVE = frozenset({BidState.SUBMITTED, BidState.SHORTLISTED, BidState.DECLINED, BidState.AWARDED, BidState.ACCEPTED})
"""Bids that count on the job, whatever the client thinks of them."""
SHOWN = LIVE | {BidState.LAPSED}
"""Bids that the client sees in the list."""
DECIDABLE = frozenset({BidState.SUBMITTED, BidState.SHORTLISTED})
"""Bids that may still win."""
RANKED = DECIDABLE | {BidState.AWARDED, BidState.ACCEPTED, BidState.LAPSED}
"""Bids that hold a place in the rank; one that lost keeps its own."""
EDITABLE = frozenset({BidState.DRAFT, BidState.SUBMITTED, BidState.SHORTLISTED})
"""Bids that their owner may still change before the deadline."""


class WeightState(StrEnum):
    """Of a version of the rank's weights: proposed -> active -> retired -> active again."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    RETIRED = "retired"


WEIGHT_MOVES = Transitions(
    [
        ("proposed", "active", "admin"),
        ("active", "retired", "admin"),
        ("retired", "active", "admin"),
    ]
)
