"""The blueprint that this room's pages hang on, and how they find a dispute."""

from __future__ import annotations

from flask import Blueprint, url_for

from config.settings import Settings
from marketplace.core.errors import demand
from marketplace.disputes import policy
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import dispute_for
from marketplace.disputes.services.opening import DisputeDays
from marketplace.web.request import actor

bp = Blueprint("disputes", __name__)


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
