"""Hints where a page seems to answer what only a person can judge."""

from __future__ import annotations

from marketplace.checker.audits import hints
from tests.support.audit_inputs import page, seen
from tests.support.stopwatch import Stopwatch

BLOCKS = (
    "Granite Hall, indoor climbing",
    "Staff change the slots themselves: open the calendar, drag a slot, done.",
    "Prices for a day, ten days and a year",
    "Parents sign for their children at the desk",
)


def test_line_matches_the_paragraph_about_it() -> None:
    lines = [("7", "Our staff can change a slot without help"), ("8", "Children need the signature of a parent")]
    found = hints.find_hints(lines, BLOCKS)
    assert [(hint["id"], hint["where"]) for hint in found] == [("7", BLOCKS[1]), ("8", BLOCKS[3])]


def test_line_without_a_similar_paragraph_has_no_hint() -> None:
    assert hints.find_hints([("7", "Works offline on the ferry")], BLOCKS) == []
    assert hints.find_hints([("7", "")], BLOCKS) == []
    assert hints.find_hints([("7", "Anything")], ()) == []


def test_hint_is_a_note_and_says_so() -> None:
    audit = hints.audit(seen(facts=page(blocks=BLOCKS), free_lines=(("7", "Staff change slots"), ("8", "A ferry"))))
    assert audit.tone == "note"
    assert audit.sentence.startswith("The page seems to speak of 1 of 2 lines")
    assert "nothing is scored" in audit.sentence
    assert audit.evidence["hints"][0]["id"] == "7"


def test_hints_are_not_measured_without_lines_or_text() -> None:
    assert hints.audit(seen()).tone == "not_measured"
    unwritten = page(text="", made_by_scripts=True)
    assert hints.audit(seen(facts=unwritten, free_lines=(("7", "Staff"),))).tone == "not_measured"


def test_hints_for_a_long_page_are_fast() -> None:
    blocks = tuple(f"{BLOCKS[number % 4]} {number} " * 5 for number in range(1000))
    watch = Stopwatch()
    assert len(hints.find_hints([(str(number), BLOCKS[1]) for number in range(30)], blocks)) == 30
    assert watch.seconds < 3
