"""Views of the evidence, as a page and as a download."""

from __future__ import annotations

import tempfile

from flask import Response, current_app, render_template, send_file
from flask.typing import ResponseReturnValue

from marketplace.bids.models import Bid
from marketplace.checker.receipts import ReceiptStatement, key_from, sign
from marketplace.contracts.paper import contract_pdf
from marketplace.disputes.evidence import evidence_of
from marketplace.disputes.pack import HIDDEN, entries_of, write_pack
from marketplace.disputes.views.blueprint import bp, seen_dispute
from marketplace.prototypes.queries import receipt_facts
from marketplace.web.access import signed_in
from marketplace.web.request import settings

IN_MEMORY = 5 * 1024 * 1024
"""Bytes; larger packs are written to a temporary file."""


@bp.get("/disputes/<int:dispute_id>/evidence")
@signed_in
def evidence(dispute_id: int) -> ResponseReturnValue:
    """Show everything recorded about the case."""
    dispute = seen_dispute(dispute_id)
    return render_template(
        "disputes/evidence.html", dispute=dispute, evidence=evidence_of(dispute), hidden=HIDDEN,
        contract=dispute.milestone.contract,
    )  # fmt: skip


@bp.get("/disputes/<int:dispute_id>/evidence.zip")
@signed_in
def pack(dispute_id: int) -> Response:
    """Download the evidence as a ZIP file, with everything that can be verified."""
    dispute = seen_dispute(dispute_id)
    found, contract = evidence_of(dispute), dispute.milestone.contract
    page = render_template("disputes/pack.html", dispute=dispute, evidence=found, hidden=HIDDEN, contract=contract)
    paper = contract_pdf(contract, settings().site_url)
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (send_file closes it)
    write_pack(
        out, entries_of(dispute, found, page, paper, _receipt(contract.award.bid), current_app.extensions["files"])
    )
    out.seek(0)
    return send_file(out, "application/zip", as_attachment=True, download_name=f"dispute-{dispute.id}.zip")  # pyright: ignore[reportArgumentType]


def _receipt(bid: Bid) -> str:
    """Signed receipt of the awarded link; empty if no check found it live."""
    facts = receipt_facts(bid.prototype) if bid.prototype else None
    if facts is None:
        return ""
    return sign(
        ReceiptStatement(issuer=settings().site_url, bid=bid.id, **facts), key_from(settings().keys("receipt_key")[0])
    )
