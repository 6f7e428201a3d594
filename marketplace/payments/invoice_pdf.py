"""An invoice as a PDF: one page, set with the fonts that every reader has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_datetime

from marketplace.core import money
from marketplace.payments.models import Invoice

if TYPE_CHECKING:
    from fpdf import FPDF

LEFT, WIDTH = 20, 170


def invoice_pdf(invoice: Invoice, note: str) -> bytes:
    """The PDF's bytes; `note` stands at the foot."""
    from fpdf import FPDF  # 50 MB that a web process needs only when somebody asks for a PDF

    pdf = FPDF(format="A4")
    pdf.set_title(f"Invoice {invoice.reference}")
    pdf.set_lang("en")
    pdf.set_creation_date(invoice.issued_at)
    pdf.set_margins(LEFT, 20)
    pdf.add_page()
    _line(pdf, f"Invoice {invoice.reference}", size=22, bold=True)
    pdf.ln(6)
    for term, value in facts(invoice):
        pdf.set_font("helvetica", "B", 11)
        pdf.cell(40, 8, _latin(term))
        pdf.set_font("helvetica", "", 11)
        pdf.multi_cell(WIDTH - 40, 8, _latin(value), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(8)
    pdf.line(LEFT, pdf.get_y(), LEFT + WIDTH, pdf.get_y())
    pdf.ln(4)
    _line(pdf, f"Total {money.display(invoice.amount, invoice.currency)}", size=14, bold=True)
    pdf.ln(8)
    _line(pdf, note, size=9)
    return bytes(pdf.output())


def facts(invoice: Invoice) -> list[tuple[str, str]]:
    """What stands on the invoice, as (term, value)."""
    return [
        ("Number", invoice.reference),
        ("Date", format_datetime(invoice.issued_at, "d MMMM y", locale=money.LOCALE)),
        ("Seller", invoice.seller_name),
        ("Buyer", invoice.buyer_name),
        ("For", invoice.purpose),
        ("Amount", money.display(invoice.amount, invoice.currency)),
        ("Paid", "In full, through the marketplace"),
    ]


def _line(pdf: FPDF, text: str, *, size: int, bold: bool = False) -> None:
    pdf.set_font("helvetica", "B" if bold else "", size)
    pdf.multi_cell(WIDTH, size * 0.6, _latin(text), new_x="LMARGIN", new_y="NEXT")


def _latin(text: str) -> str:
    return text
