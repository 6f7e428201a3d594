"""The contract on paper: a PDF with scope, milestones, clauses and signatures, the same text as on its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketplace.awards.states import MilestoneState
from marketplace.awards.wording import clauses
from marketplace.core.money import display
from marketplace.jobs.requirements import sentence

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.awards.models import Contract, Milestone

FONT = Path(__file__).resolve().parents[1] / "static" / "vendor" / "dejavu.ttf"
_MARGIN, _TEXT, _HEADING = 20, 10, 13
"""Millimetres; points."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, or a heading."""

    text: str
    size: int = _TEXT


def contract_pdf(contract: Contract, site_url: str) -> bytes:
    """The contract as it is agreed now, as the bytes of a PDF."""
    from fpdf import FPDF  # 50 MB that a web process needs only when somebody asks for a PDF

    pdf = FPDF(format="A4")
    pdf.set_title(f"Contract {contract.id}: {contract.title}")
    pdf.set_lang("en")
    pdf.set_creation_date(contract.offered_at)
    pdf.add_font("dejavu", fname=FONT)
    pdf.set_margin(_MARGIN)
    pdf.add_page()
    for line in lines_of(contract, site_url):
        _print(pdf, line)
    return bytes(pdf.output())


def lines_of(contract: Contract, site_url: str) -> Iterator[Line]:
    """All that stands on the paper, in order."""
    yield Line("Contract", 20)
    yield Line(f"Number {contract.id}, version {contract.version} of the terms. {_standing(contract)}")
    yield Line(f"Kept at {site_url}/contracts/{contract.id}")
    yield Line("Between", _HEADING)
    yield Line(f"{contract.client.name}, the client, and {contract.freelancer.name}, the freelancer.")
    yield from _scope(contract)
    yield Line("Price and milestones", _HEADING)
    yield from (Line(_milestone(one, contract.currency)) for one in contract.standing)
    yield Line(f"Together {display(contract.price, contract.currency)}.")
    for number, clause in enumerate(clauses(contract), 1):
        yield Line(f"{number}. {clause.heading}", _HEADING)
        yield Line(clause.text)
    yield Line("Signatures", _HEADING)
    yield Line(f"Client: {_signature(contract.signed_client_name, contract.signed_client_at)}")
    yield Line(f"Freelancer: {_signature(contract.signed_freelancer_name, contract.signed_freelancer_at)}")


def _scope(contract: Contract) -> Iterator[Line]:
    scope = contract.scope
    yield Line("Scope, as at the award", _HEADING)
    yield Line(scope["title"])
    yield Line(scope["spec"])
    for number, line in enumerate(scope["requirements"], 1):
        yield Line(f"Requirement {number}: {sentence(line['kind'], line['value'])}")
    if scope["url"]:
        yield Line(f"Awarded prototype: {scope['url']}, revision {contract.prototype_revision}")
    if scope["credits"]:
        yield Line(f"What it reuses, and whose work that is: {scope['credits']}")
    if contract.amendment:
        yield Line("Agreed changes of the scope", _HEADING)
        yield Line(contract.amendment)


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


def _print(pdf: Any, line: Line) -> None:
    if line.size > _TEXT:
        pdf.ln(3)
    pdf.set_font("dejavu", size=line.size)
    pdf.multi_cell(0, line.size * 0.5, line.text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(1)
