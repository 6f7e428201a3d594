"""Disputes as test fixtures, made by the product's services; call inside an app context."""

from __future__ import annotations

from datetime import datetime

from marketplace.accounts.models import User
from marketplace.contracts.models import Milestone
from marketplace.core.database import db
from marketplace.disputes.models import Dispute
from marketplace.disputes.services.arguing import say
from marketplace.disputes.services.opening import DisputeDays, open_dispute
from marketplace.disputes.services.ruling import appeal, rule
from marketplace.disputes.states import DisputeOutcome
from tests.support.contracts import hand_in, make_contract
from tests.support.factories import START, make_user

REASONS = "The pages were agreed on and half of them are missing."


def make_dispute(milestone: Milestone | None = None, now: datetime = START, *, by: str = "client") -> Dispute:
    """A dispute opened by one side about submitted work; without `milestone`, on a contract of its own."""
    milestone = milestone or hand_in(make_contract().milestones[0])
    contract = milestone.contract
    opener = contract.client if by == "client" else contract.freelancer
    dispute = open_dispute(opener, milestone, "Half of the pages are missing.", DisputeDays(), now)
    db.session.commit()
    return dispute


def answered(dispute: Dispute, now: datetime = START) -> Dispute:
    """A dispute with an answer by the other side."""
    say(other_of(dispute), dispute, "All that was agreed is there.", now)
    db.session.commit()
    return dispute


def ruled(
    dispute: Dispute, outcome: str = "release", amount: int = 0, now: datetime = START, admin: User | None = None
) -> Dispute:
    """A dispute with an admin's ruling."""
    if dispute.state == "open":
        answered(dispute, now)
    rule(admin or make_user("admin", name="Ann Admin"), dispute, DisputeOutcome(outcome), amount, REASONS, now, now)
    db.session.commit()
    return dispute


def appealed(dispute: Dispute, now: datetime = START) -> Dispute:
    """A dispute whose first ruling was appealed against."""
    appeal(dispute.milestone.contract.client, dispute, "The prices page was never there.", now)
    db.session.commit()
    return dispute


def other_of(dispute: Dispute) -> User:
    """The side that did not open it."""
    contract = dispute.milestone.contract
    return contract.freelancer if dispute.opened_by == contract.client_id else contract.client
