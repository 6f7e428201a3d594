"""States of bids and weight versions, and who may move them."""

from __future__ import annotations

from marketplace.core.states import State
from marketplace.core.transitions import Transitions


class BidState(State):
    """draft -> submitted -> shortlisted -> awarded -> accepted; also declined, withdrawn, lapsed, hidden."""

    DRAFT = "draft", "Draft", "pencil"
    SUBMITTED = "submitted", "Submitted", "circle-check", "busy"
    SHORTLISTED = "shortlisted", "Shortlisted", "bookmark-check", "good"
    AWARDED = "awarded", "Won", "award", "good"
    ACCEPTED = "accepted", "Won", "award", "good"
    DECLINED = "declined", "Declined", "circle-x"
    WITHDRAWN = "withdrawn", "Withdrawn", "undo-2"
    LAPSED = "lapsed", "Not chosen", "circle-x"
    HIDDEN = "hidden", "Hidden by moderators", "shield-alert", "bad"


class NoLink(State):
    """What a bid's badge shows without a link."""

    NONE = "none", "No live link", "link-2-off"
    PORTFOLIO = "portfolio", "Portfolio only", "images"


MOVES = Transitions(
    BidState,
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
    ],
)

LIVE = frozenset({BidState.SUBMITTED, BidState.SHORTLISTED, BidState.DECLINED, BidState.AWARDED, BidState.ACCEPTED})
"""Bids counted on the job, including declined ones."""
SHOWN = LIVE | {BidState.LAPSED}
"""Bids shown to the client."""
DECIDABLE = frozenset({BidState.SUBMITTED, BidState.SHORTLISTED})
"""Bids that may still win."""
RANKED = DECIDABLE | {BidState.AWARDED, BidState.ACCEPTED, BidState.LAPSED}
"""Bids that hold a rank; lapsed bids keep theirs."""
EDITABLE = frozenset({BidState.DRAFT, BidState.SUBMITTED, BidState.SHORTLISTED})
"""Bids their owner may edit before the deadline."""


class WeightState(State):
    """State of a weights version: proposed -> active -> retired -> active again."""

    PROPOSED = "proposed", "Proposed", "circle-help"
    ACTIVE = "active", "In use", "circle-check"
    RETIRED = "retired", "Not in use", "circle-x"


WEIGHT_MOVES = Transitions(
    WeightState,
    [
        ("proposed", "active", "admin"),
        ("active", "retired", "admin"),
        ("retired", "active", "admin"),
    ],
)
