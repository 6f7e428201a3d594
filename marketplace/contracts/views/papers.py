"""Downloads of a contract: PDF and calendar file."""

from __future__ import annotations

from flask import Response

from marketplace.contracts.agenda import contract_ics
from marketplace.contracts.paper import contract_pdf
from marketplace.contracts.schedule import deadlines_of
from marketplace.contracts.views.blueprint import bp, seen_contract
from marketplace.web.access import signed_in
from marketplace.web.downloads import CALENDAR, PDF, download
from marketplace.web.request import now, settings


@bp.get("/contracts/<int:contract_id>/contract.pdf")
@signed_in
def pdf(contract_id: int) -> Response:
    """The currently agreed contract as PDF."""
    contract = seen_contract(contract_id)
    content = contract_pdf(contract, settings().site_url)
    return download(content, PDF, f"contract-{contract.id}.pdf")


@bp.get("/contracts/<int:contract_id>/calendar.ics")
@signed_in
def calendar(contract_id: int) -> Response:
    """Future deadlines as a calendar file."""
    contract = seen_contract(contract_id)
    content = contract_ics(contract, deadlines_of(contract), settings().site_url, now())
    return download(content, CALENDAR, f"contract-{contract.id}.ics")
