"""The contract on paper: a PDF with scope, milestones, clauses and signatures, the same text as on its page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from marketplace.awards.states import MilestoneState
from marketplace.awards.wording import clauses
from marketplace.core.money import display
from marketplace.core.paper import Part, pdf
from marketplace.jobs.requirements import sentence

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.awards.models import Contract, Milestone


def contract_pdf(contract: Contract, site_url: str) -> bytes:
    """The contract as it is agreed now, as the bytes of a PDF."""
    return pdf(f"Contract {contract.id}: {contract.title}", parts_of(contract, site_url), contract.offered_at)


def parts_of(contract: Contract, site_url: str) -> Iterator[Part]:
    """All that stands on the paper, in order."""
    yield Part("Contract", "title")
    yield Part(f"Number {contract.id}, version {contract.version} of the terms. {_standing(contract)}")
    yield Part(f"Kept at {site_url}/contracts/{contract.id}")
    yield Part("Between", "heading")
    yield Part(f"{contract.client.name}, the client, and {contract.freelancer.name}, the freelancer.")
    yield from _scope(contract)
    yield Part("Price and milestones", "heading")
    yield from (Part(_milestone(one, contract.currency)) for one in contract.standing)
    yield Part(f"Together {display(contract.price, contract.currency)}.")
    for number, clause in enumerate(clauses(contract), 1):
        yield Part(f"{number}. {clause.heading}", "heading")
        yield Part(clause.text)
    yield Part("Signatures", "heading")
    yield Part(f"Client: {_signature(contract.signed_client_name, contract.signed_client_at)}")
    yield Part(f"Freelancer: {_signature(contract.signed_freelancer_name, contract.signed_freelancer_at)}")


def _scope(contract: Contract) -> Iterator[Part]:
    scope = contract.scope
    yield Part("Scope, as at the award", "heading")
    yield Part(scope["title"])
    yield Part(scope["spec"], "markdown")
    for number, line in enumerate(scope["requirements"], 1):
        yield Part(f"Requirement {number}: {sentence(line['kind'], line['value'])}")
    if scope["url"]:
        yield Part(f"Awarded prototype: {scope['url']}, revision {contract.prototype_revision}")
    if scope["credits"]:
        yield Part("What it reuses, and whose work that is:")
        yield Part(scope["credits"], "markdown")
    if contract.amendment:
        yield Part("Agreed changes of the scope", "heading")
        yield Part(contract.amendment, "markdown")


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
