"""Blueprint of the contracts room, and its lookups of contracts and milestones."""

from __future__ import annotations

from flask import Blueprint, flash, url_for
from werkzeug.wrappers import Response

from config.settings import Settings
from marketplace.contracts import policy
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.queries import contract_for, milestone_for
from marketplace.contracts.terms import Days
from marketplace.core.database import db
from marketplace.core.errors import NotNow, demand
from marketplace.web.request import actor, see_other

bp = Blueprint("contracts", __name__)


def seen_contract(contract_id: int) -> Contract:
    """A contract the signed-in person may see; raises NotFound otherwise."""
    return contract_for(actor(), contract_id)


def own_contract(contract_id: int) -> Contract:
    """A contract of the person's own; raises NotFound if they may not see it, NotAllowed if they may only see it."""
    contract = seen_contract(contract_id)
    demand(policy.why_not_act(actor(), contract))
    return contract


def seen_milestone(milestone_id: int) -> Milestone:
    """A milestone of a contract the signed-in person may see."""
    return milestone_for(actor(), milestone_id)


def own_milestone(milestone_id: int) -> Milestone:
    """A milestone of a contract in which the person may act."""
    milestone = seen_milestone(milestone_id)
    demand(policy.why_not_act(actor(), milestone.contract))
    return milestone


def days_of(settings: Settings) -> Days:
    """Contract terms in days from the operator's settings."""
    return Days(settings.offer_days, settings.auto_release_days, settings.warranty_days)


def path_of(contract: Contract) -> str:
    """Path of the contract's page."""
    return url_for("contracts.show", contract_id=contract.id)


def done(contract: Contract, words: str) -> Response:
    """Commit, flash a message and redirect to the contract's page."""
    location = path_of(contract)
    db.session.commit()
    flash(words, "success")
    return see_other(location)


def led_back(contract: Contract, refusal: str | None) -> str | None:
    """Add a link back to the contract to a refusal, for pages opened from outdated links such as old mail."""
    return NotNow(refusal, (path_of(contract), "Go to the contract")) if refusal else None
