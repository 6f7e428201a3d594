"""The contract on paper: every clause, every milestone, both signatures, in letters that the fonts have."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from flask import Flask

from marketplace.awards import paper
from marketplace.awards.agenda import contract_ics
from marketplace.awards.paper import contract_pdf
from marketplace.awards.schedule import deadlines_of
from marketplace.awards.wording import clauses
from tests.support.contracts import TWO_STEPS, hand_in, make_contract, make_offer
from tests.support.factories import START

SITE = "https://prebuilt.example"
WHAT = ("auto_release", "go_live_promise")


@pytest.fixture(autouse=True)
def _built_in_fonts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Their text can be read back without a font's tables."""
    monkeypatch.setattr(paper, "FONTS", tmp_path)


def text_of(pdf: bytes) -> str:
    streams = [zlib.decompress(found) for found in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)]
    shown = re.findall(rb"\((.*?)(?<!\\)\) Tj", b"\n".join(streams), re.DOTALL)
    return " ".join(b" ".join(shown).replace(b"\\", b"").decode("windows-1252").split())


def test_the_paper_holds_all_that_is_agreed(app: Flask) -> None:
    with app.app_context():
        contract = make_contract(TWO_STEPS)
        text = text_of(contract_pdf(contract, SITE))
        for clause in clauses(contract):
            assert " ".join(clause.text.split()) in text
        assert "Design: €900" in text
        assert "Together €2,900" in text
        assert "Client: Cleo Client, typed on 24 November 2026, 09:00 UTC" in text
        assert "There is a page at /prices" in text


def test_what_is_not_signed_says_so(app: Flask) -> None:
    with app.app_context():
        text = text_of(contract_pdf(make_offer(), SITE))
        assert "An offer; it is in force once both have signed." in text
        assert "Freelancer: not signed" in text


def test_letters_that_no_font_has_do_not_stop_the_press(app: Flask) -> None:
    with app.app_context():
        contract = make_offer()
        contract.title = contract.scope["title"] = "Zażółć 予約"
        assert contract_pdf(contract, SITE).startswith(b"%PDF-")


def test_the_calendar_keeps_its_names_so_that_a_second_import_moves_events(app: Flask) -> None:
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
