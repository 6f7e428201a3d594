"""Blueprint of the disputes room, and its lookups of disputes."""

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
    """Periods in days from the operator's settings."""
    return DisputeDays(settings.dispute_response_days, settings.dispute_appeal_days)


def seen_dispute(dispute_id: int) -> Dispute:
    """A dispute the signed-in person may see; raises NotFound otherwise."""
    return dispute_for(actor(), dispute_id)


def own_dispute(dispute_id: int) -> Dispute:
    """A dispute of the person's own; raises NotFound when they may not see it, NotAllowed when they may only see it."""
    dispute = seen_dispute(dispute_id)
    demand(policy.why_not_act(actor(), dispute))
    return dispute


def path_of(dispute: Dispute) -> str:
    """Path of the dispute's page."""
    return url_for("disputes.show", dispute_id=dispute.id)
