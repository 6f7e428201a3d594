"""Render the contract as PDF: scope, milestones, clauses and signatures, with the same text as its page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from marketplace.contracts.states import MilestoneState
from marketplace.contracts.wording import clauses
from marketplace.core.money import display
from marketplace.core.paper import PaperPart, pdf
from marketplace.jobs.requirements import sentence

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.contracts.models import Contract, Milestone


def contract_pdf(contract: Contract, site_url: str) -> bytes:
    """Render the currently agreed contract to PDF bytes."""
    return pdf(f"Contract {contract.id}: {contract.title}", parts_of(contract, site_url), contract.offered_at)


def parts_of(contract: Contract, site_url: str) -> Iterator[PaperPart]:
    """All parts of the document, in order."""
    yield PaperPart("Contract", "title")
    yield PaperPart(f"Number {contract.id}, version {contract.version} of the terms. {_standing(contract)}")
    yield PaperPart(f"Kept at {site_url}/contracts/{contract.id}")
    yield PaperPart("Between", "heading")
    yield PaperPart(f"{contract.client.name}, the client, and {contract.freelancer.name}, the freelancer.")
    yield from _scope(contract)
    yield PaperPart("Price and milestones", "heading")
    yield from (PaperPart(_milestone(one, contract.currency)) for one in contract.standing)
    yield PaperPart(f"Together {display(contract.price, contract.currency)}.")
    for number, clause in enumerate(clauses(contract), 1):
        yield PaperPart(f"{number}. {clause.heading}", "heading")
        yield PaperPart(clause.text)
    yield PaperPart("Signatures", "heading")
    yield PaperPart(f"Client: {_signature(contract.signed_client_name, contract.signed_client_at)}")
    yield PaperPart(f"Freelancer: {_signature(contract.signed_freelancer_name, contract.signed_freelancer_at)}")


def _scope(contract: Contract) -> Iterator[PaperPart]:
    scope = contract.scope
    yield PaperPart("Scope, as at the award", "heading")
    yield PaperPart(scope["title"])
    yield PaperPart(scope["spec"], "markdown")
    for number, line in enumerate(scope["requirements"], 1):
        yield PaperPart(f"Requirement {number}: {sentence(line['kind'], line['value'])}")
    if scope["url"]:
        yield PaperPart(f"Awarded prototype: {scope['url']}, revision {contract.prototype_revision}")
    if scope["credits"]:
        yield PaperPart("What it reuses, and whose work that is:")
        yield PaperPart(scope["credits"], "markdown")
    if contract.amendment:
        yield PaperPart("Agreed changes of the scope", "heading")
        yield PaperPart(contract.amendment, "markdown")


def _milestone(milestone: Milestone, currency: str) -> str:
    due = f", due on {milestone.due_on.isoformat()}" if milestone.due_on else ""
    state = "" if milestone.state == MilestoneState.PLANNED else f" ({milestone.state.replace('_', ' ')})"
    return f"{milestone.title}: {display(milestone.amount, currency)}{due}{state}"


def _standing(contract: Contract) -> str:
    if contract.active_at:
        return f"In force since {_moment(contract.active_at)}."
    if contract.ended_at:
        return f"This offer fell through on {_moment(contract.ended_at)} and was never in force."
    return "An offer; it is in force once both have signed."


def _signature(name: str, at: datetime | None) -> str:
    return f"{name}, typed on {_moment(at)}" if at else "not signed"


def _moment(at: datetime) -> str:
    return f"{at:%d %B %Y, %H:%M} UTC"
