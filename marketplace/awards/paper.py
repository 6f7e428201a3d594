"""The contract on paper: a PDF with scope, milestones, clauses and signatures, the same text as on its page."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from marketplace.awards.states import MilestoneState
from marketplace.awards.wording import clauses
from marketplace.core.money import display
from marketplace.jobs.requirements import sentence

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.awards.models import Contract

FONTS = Path("/usr/share/fonts/truetype/dejavu")
"""Debian's fonts-dejavu-core: Latin, Greek, Cyrillic and more, embedded where it is installed."""
ENCODING = "windows-1252"
"""What a PDF's built-in fonts can show; without FONTS other letters lose their accents, or become question marks."""
_MARGIN, _LINE = 20.0, 5.2
"""Millimetres."""


def contract_pdf(contract: Contract, site_url: str) -> bytes:
    """The contract as it is agreed now, as the bytes of a PDF; the same contract always gives the same text."""
    pdf = _Paper(f"Contract {contract.id}: {contract.title}", f"{site_url}/contracts/{contract.id}")
    pdf.set_creation_date(contract.offered_at)
    pdf.heading("Contract", size=20)
    pdf.words(f"Number {contract.id}, version {contract.version} of the terms. {_standing(contract)}")
    pdf.heading("Between")
    pdf.words(f"{contract.client.name}, the client,")
    pdf.words(f"and {contract.freelancer.name}, the freelancer.")
    pdf.heading("Scope, as at the award")
    pdf.words(contract.scope["title"], style="B")
    pdf.words(contract.scope["spec"])
    lines = contract.scope["requirements"]
    if lines:
        pdf.words("Requirements:", style="B")
        for number, line in enumerate(lines, 1):
            pdf.words(f"{number}. {sentence(line['kind'], line['value'])}")
    if contract.scope["url"]:
        pdf.words(f"Awarded prototype: {contract.scope['url']}, revision {contract.prototype_revision}")
    if contract.scope["credits"]:
        pdf.words(f"What it reuses, and whose work that is: {contract.scope['credits']}")
    if contract.amendment:
        pdf.words("Agreed changes of the scope:", style="B")
        pdf.words(contract.amendment)
    _milestones(pdf, contract)
    for number, clause in enumerate(clauses(contract), 1):
        pdf.heading(f"{number}. {clause.heading}")
        pdf.words(clause.text)
    pdf.heading("Signatures")
    pdf.words(f"Client: {_signature(contract.signed_client_name, contract.signed_client_at)}")
    pdf.words(f"Freelancer: {_signature(contract.signed_freelancer_name, contract.signed_freelancer_at)}")
    return bytes(pdf.output())


def _milestones(pdf: _Paper, contract: Contract) -> None:
    pdf.heading("Price and milestones")
    for milestone in contract.standing:
        due = f", due on {milestone.due_on.isoformat()}" if milestone.due_on else ""
        state = "" if milestone.state == MilestoneState.PLANNED else f" ({milestone.state.replace('_', ' ')})"
        amount = display(milestone.amount, contract.currency)
        pdf.words(f"{milestone.title}: {amount}{due}{state}")
    pdf.words(f"Together {display(contract.price, contract.currency)}.", style="B")


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


class _Paper(FPDF):
    """A4 with a running foot."""

    def __init__(self, title: str, source: str) -> None:
        super().__init__(format="A4")
        self.core_fonts_encoding = ENCODING
        self._source, self._family = source, "Helvetica"
        regular, bold = FONTS / "DejaVuSans.ttf", FONTS / "DejaVuSans-Bold.ttf"
        if regular.exists() and bold.exists():
            self._family = "DejaVu"
            self.add_font(self._family, "", regular)
            self.add_font(self._family, "B", bold)
        self.set_title(title)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font(self._family, size=8)
        self.cell(0, 5, self._text(f"{self._source}  ·  page {self.page_no()}"), align="C")

    def heading(self, text: str, size: int = 13) -> None:
        self.ln(2)
        self.set_font(self._family, "B", size)
        self._write(text, size * 0.5)

    def words(self, text: str, style: str = "") -> None:
        self.set_font(self._family, style, 10)
        self._write(text, _LINE)

    def _write(self, text: str, height: float) -> None:
        self.multi_cell(0, height, self._text(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def _text(self, text: str) -> str:
        return _printable(text) if self._family == "Helvetica" else text


def _printable(text: str) -> str:
    """The text in letters that the fonts have."""
    return "".join(letter if _has(letter) else _plain(letter) for letter in text)


def _has(letter: str) -> bool:
    try:
        letter.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"
