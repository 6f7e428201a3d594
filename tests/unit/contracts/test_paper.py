"""The contract as PDF and calendar: every clause, milestone and signature."""

from __future__ import annotations

import io
import re

from flask import Flask
from pypdf import PdfReader

from marketplace.contracts.agenda import contract_ics
from marketplace.contracts.models import Contract
from marketplace.contracts.paper import contract_pdf, parts_of
from marketplace.contracts.schedule import deadlines_of
from marketplace.contracts.wording import clauses
from tests.support.contracts import TWO_STEPS, hand_in, make_contract, make_offer
from tests.support.factories import START

SITE = "https://prebuilt.example"
WHAT = ("auto_release", "go_live_promise")


def text_of(contract: Contract) -> str:
    return "\n".join(part.text for part in parts_of(contract, SITE))


def test_pdf_contains_all_agreed_terms(app: Flask) -> None:
    with app.app_context():
        contract = make_contract(TWO_STEPS)
        text = text_of(contract)
        for clause in clauses(contract):
            assert clause.text in text
        assert "Design: €900" in text
        assert "Together €2,900" in text
        assert "Client: Cleo Client, typed on 24 November 2026, 09:00 UTC" in text
        assert "There is a page at /prices" in text


def test_unsigned_contract_says_so(app: Flask) -> None:
    with app.app_context():
        text = text_of(make_offer())
        assert "An offer; it is in force once both have signed." in text
        assert "Freelancer: not signed" in text


def test_pdf_renders_names_in_any_script(app: Flask) -> None:
    with app.app_context():
        contract = make_offer()
        contract.client.name = "王小明"
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(contract_pdf(contract, SITE))).pages)
        assert "王小明, the client" in text


def test_calendar_uids_are_stable_across_imports(app: Flask) -> None:
    with app.app_context():
        milestone = hand_in(make_contract().milestones[0])
        contract = milestone.contract

        def events() -> list[str]:
            text = contract_ics(contract, deadlines_of(contract), SITE, START).decode().replace("\r\n ", "")
            return re.findall(r"UID:(.*)\r\n", text)

        names = {f"contract-{contract.id}-{milestone.id}-{what}@prebuilt.example" for what in WHAT}
        assert set(events()) == names
        milestone.auto_release_at = START
        assert set(events()) == names
