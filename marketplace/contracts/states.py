"""States of contracts, milestones and proposals, and who may move them."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core.states import State
from marketplace.core.transitions import Transitions

CLIENT, FREELANCER, BOTH = "client", "freelancer", "both"
"""Actors: one side, or both in agreement."""
CLOCK, PAYMENT, CHECK, RULING = "clock", "payment", "check", "ruling"
"""Other actors: a deadline, the payment (settled, or taken back by the bank), a check, a dispute's outcome."""


class ContractState(State):
    """offered -> active -> completed; also cancelled (withdrawn, expired, or by both) and disputed."""

    OFFERED = "offered", "Waiting for signatures", "pencil", "warn"
    ACTIVE = "active", "In force", "circle-check", "good"
    COMPLETED = "completed", "Completed", "award", "good"
    CANCELLED = "cancelled", "Cancelled", "circle-x"
    DISPUTED = "disputed", "In dispute", "shield-alert", "bad"


class MilestoneState(State):
    """planned -> funded -> submitted -> (verified_live) -> released; the others are deviations."""

    PLANNED = "planned", "Not paid yet", "clock"
    FUNDED = "funded", "Money held", "lock", "busy"
    SUBMITTED = "submitted", "Handed in", "eye", "warn"
    CHANGES_REQUESTED = "changes_requested", "Changes asked for", "undo-2", "warn"
    VERIFIED_LIVE = "verified_live", "Verified live", "shield-check", "good"
    RELEASED = "released", "Paid", "circle-check", "good"
    AUTO_RELEASED = "auto_released", "Paid by silence", "circle-check", "good"
    DISPUTED = "disputed", "In dispute", "shield-alert", "bad"
    REFUNDED = "refunded", "Refunded", "undo-2"
    SPLIT = "split", "Split", "circle-check"
    DROPPED = "dropped", "Agreed away", "circle-x"
    """Removed by agreement before funding; kept so that a late payment for it can be refunded."""


class ProposalState(State):
    """State of proposed terms or a proposed cancellation."""

    PROPOSED = "proposed", "Proposed", "clock", "warn"
    AGREED = "agreed", "Agreed", "circle-check", "good"
    DECLINED = "declined", "Declined", "circle-x"
    TAKEN_BACK = "taken_back", "Taken back", "undo-2"


class ProposalKind(StrEnum):
    """Kind of proposal."""

    TERMS = "terms"
    CANCELLATION = "cancellation"


class Pause(StrEnum):
    """Why auto-release is paused: the first of these that holds."""

    NONE = ""
    BANK = "bank"
    """The payer's bank froze the money."""
    DOWN = "down"
    """The production site does not work."""
    DIFFERS = "differs"
    """The production site is not the awarded work."""
    OWED = "owed"
    """The freelancer still owes something."""
    STUCK = "stuck"
    """A release was tried and the money could not be moved."""


class Owed(StrEnum):
    """What a client should have before paying, but may waive."""

    SOURCE = "source"
    CREDENTIALS = "credentials"
    LICENCE = "licence"
    DOMAIN = "domain"
    """Proof that production is on the client's domain: only the client can give it, so it never pauses auto-release."""


class LineChange(StrEnum):
    """Outcome of a comparison."""

    SAME = "same"
    """The awarded work, not on the prototype's host, with the client's token on it."""
    UNPROVEN = "unproven"
    """The awarded work, but on the prototype's host or without proof that this is the client's domain."""
    UNCLEAR = "unclear"
    """Too little could be measured; nobody is blamed."""
    DIFFERENT = "different"


CONTRACT_MOVES = Transitions(
    ContractState,
    [
        ("offered", "active", "both"),
        ("offered", "cancelled", "client freelancer clock"),
        ("active", "completed", "clock client ruling both payment"),
        ("active", "cancelled", "both ruling payment"),
        ("active", "disputed", "client freelancer"),
        ("disputed", "active", "client freelancer ruling"),
        ("disputed", "completed", "ruling payment"),
        ("disputed", "cancelled", "ruling payment"),
    ],
)

PROPOSAL_MOVES = Transitions(
    ProposalState,
    [
        ("proposed", "agreed", "other"),
        ("proposed", "declined", "other"),
        ("proposed", "taken_back", "proposer contract"),
    ],
)

MILESTONE_MOVES = Transitions(
    MilestoneState,
    [
        ("planned", "funded", "payment"),
        ("planned", "dropped", "both ruling"),
        ("funded", "submitted", "freelancer"),
        ("funded", "disputed", "client freelancer"),
        ("funded", "refunded", "both payment"),
        ("funded", "released", "both"),
        ("submitted", "submitted", "freelancer"),
        ("submitted", "changes_requested", "client"),
        ("submitted", "verified_live", "check"),
        ("submitted", "released", "client both"),
        ("submitted", "auto_released", "clock"),
        ("submitted", "disputed", "client freelancer"),
        ("submitted", "refunded", "both payment"),
        ("changes_requested", "submitted", "freelancer"),
        ("changes_requested", "released", "client both"),
        ("changes_requested", "disputed", "client freelancer"),
        ("changes_requested", "refunded", "both payment"),
        ("verified_live", "submitted", "freelancer check"),
        ("verified_live", "changes_requested", "client"),
        ("verified_live", "released", "client both"),
        ("verified_live", "auto_released", "clock"),
        ("verified_live", "disputed", "client freelancer"),
        ("verified_live", "refunded", "both payment"),
        ("disputed", "funded", "ruling client freelancer"),
        ("disputed", "submitted", "ruling client freelancer"),
        ("disputed", "changes_requested", "ruling client freelancer"),
        ("disputed", "verified_live", "ruling client freelancer"),
        ("disputed", "released", "ruling"),
        ("disputed", "refunded", "ruling payment"),
        ("disputed", "split", "ruling"),
    ],
)

RUNNING = frozenset({ContractState.OFFERED, ContractState.ACTIVE, ContractState.DISPUTED})
"""Contracts that have not ended."""
HELD = frozenset(
    {
        MilestoneState.FUNDED,
        MilestoneState.SUBMITTED,
        MilestoneState.CHANGES_REQUESTED,
        MilestoneState.VERIFIED_LIVE,
        MilestoneState.DISPUTED,
    }
)
"""Milestones whose money is held."""
HANDED_IN = frozenset({MilestoneState.SUBMITTED, MilestoneState.VERIFIED_LIVE})
"""Milestones awaiting the client's review."""
WORKABLE = HELD - {MilestoneState.DISPUTED}
"""Milestones for which the freelancer may submit work."""
STOPPED = {"auto_release_at": None, "pause": Pause.NONE, "pause_evidence": ""}
"""Columns of a milestone without auto-release clock or pause."""
PAID = frozenset({MilestoneState.RELEASED, MilestoneState.AUTO_RELEASED})
FINAL = PAID | {MilestoneState.REFUNDED, MilestoneState.SPLIT, MilestoneState.DROPPED}
"""Milestones in a final state."""
