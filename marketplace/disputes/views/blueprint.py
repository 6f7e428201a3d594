"""The blueprint that this room's pages hang on, how they find a dispute, and what other rooms' pages ask of it."""

from __future__ import annotations

from flask import Blueprint, Flask, url_for

from config.settings import Settings
from marketplace.core.errors import demand
from marketplace.disputes import policy
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import dispute_for, disputes_of, unanswered_by
from marketplace.disputes.services import DisputeDays
from marketplace.web.request import actor

bp = Blueprint("disputes", __name__)


def init_disputes(app: Flask, settings: Settings) -> None:
    """Let other pages show a contract's disputes, a person's turns and the operator's days."""
    app.add_template_global(disputes_of, "contract_disputes")
    app.add_template_global(unanswered_by, "dispute_turns")
    app.add_template_global(lambda: days_of(settings), "dispute_days")


def days_of(settings: Settings) -> DisputeDays:
    """The operator's days."""
    return DisputeDays(settings.dispute_response_days, settings.dispute_appeal_days)


def seen_dispute(dispute_id: int) -> Dispute:
    """A dispute that the signed-in person may see; NotFound otherwise."""
    return dispute_for(actor(), dispute_id)


def own_dispute(dispute_id: int) -> Dispute:
    """A dispute of which the person is a side; NotFound when they may not know of it, NotAllowed when only look."""
    dispute = seen_dispute(dispute_id)
    demand(policy.why_not_act(actor(), dispute))
    return dispute


def path_of(dispute: Dispute) -> str:
    """Where the dispute's page is."""
    return url_for("disputes.show", dispute_id=dispute.id)
