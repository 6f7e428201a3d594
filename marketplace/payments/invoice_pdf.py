"""Render an invoice as a one-page PDF, in a font that covers many scripts."""

from __future__ import annotations

from babel.dates import format_datetime

from marketplace.core import money
from marketplace.core.paper import PaperPart, pdf
from marketplace.payments.models import Invoice


def invoice_pdf(invoice: Invoice, note: str) -> bytes:
    """Render to PDF bytes; `note` is printed at the end."""
    parts = [
        PaperPart(f"Invoice {invoice.reference}", "title"),
        PaperPart(kind="facts", rows=tuple(facts(invoice))),
        PaperPart(f"Total {money.display(invoice.amount, invoice.currency)}", "heading"),
        PaperPart(note, "note"),
    ]
    return pdf(f"Invoice {invoice.reference}", parts, invoice.issued_at)


def facts(invoice: Invoice) -> list[tuple[str, str]]:
    """Contents of the invoice as (term, value) pairs."""
    return [
        ("Number", invoice.reference),
        ("Date", format_datetime(invoice.issued_at, "d MMMM y", locale=money.LOCALE)),
        ("Seller", invoice.seller_name),
        ("Buyer", invoice.buyer_name),
        ("For", invoice.purpose),
        ("Amount", money.display(invoice.amount, invoice.currency)),
        ("Paid", "In full, through the marketplace"),
    ]
