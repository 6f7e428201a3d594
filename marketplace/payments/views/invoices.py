"""Views of one's invoices: list, page, PDF, and CSV of all."""

from __future__ import annotations

from flask import Response, render_template, request

from marketplace.core import money
from marketplace.payments.invoice_pdf import facts, invoice_pdf
from marketplace.payments.queries.documents import invoice_for, invoices_of, whole_invoices_of
from marketplace.payments.setup import payments
from marketplace.payments.views.blueprint import bp
from marketplace.payments.views.csv_files import csv_file
from marketplace.web.access import signed_in
from marketplace.web.downloads import PDF, download
from marketplace.web.request import actor

HEADINGS = ("number", "at", "seller", "buyer", "for", "currency", "amount")
PRETENDED = "Sandbox: no real money moved. This is no real invoice."
TAXES = "The marketplace computes no taxes: seller and buyer see to theirs."


@bp.get("/money/invoices")
@signed_in
def invoices() -> str:
    """List one's sales and purchases, newest first."""
    return render_template("payments/invoices.html", page=invoices_of(actor(), request.args.get("after")))


@bp.get("/money/invoices/<int:invoice_id>")
@signed_in
def invoice(invoice_id: int) -> str:
    """Show one invoice."""
    found = invoice_for(actor(), invoice_id)
    return render_template("payments/invoice.html", invoice=found, facts=facts(found), note=_note())


@bp.get("/money/invoices/<int:invoice_id>.pdf")
@signed_in
def invoice_as_pdf(invoice_id: int) -> Response:
    """Download one invoice as PDF."""
    found = invoice_for(actor(), invoice_id)
    return download(invoice_pdf(found, _note()), PDF, f"invoice-{found.reference}.pdf")


@bp.get("/money/invoices.csv")
@signed_in
def invoices_csv() -> Response:
    """Download all invoices as CSV, oldest first."""
    rows = [
        (
            one.reference, one.issued_at.isoformat(), one.seller_name, one.buyer_name, one.purpose, one.currency,
            money.plain(one.amount, one.currency),
        )
        for one in whole_invoices_of(actor())
    ]  # fmt: skip
    return csv_file("invoices.csv", [HEADINGS, *rows])


def _note() -> str:
    return TAXES if payments().provider.is_real else f"{PRETENDED} {TAXES}"
