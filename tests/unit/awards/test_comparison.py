"""What went live against what was awarded: each case with the outcome and the reason that people read."""

from __future__ import annotations

import pytest

from marketplace.awards.comparison import Outcome, Side, compare, lines, text_differences
from marketplace.prototypes.audits.facts import PageLink
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.originality.fingerprint import fingerprint_of
from marketplace.prototypes.outline import Outline, outline_likeness, outline_of
from marketplace.prototypes.requirements import Outcome as Tried
from tests.support.factories import START
from tests.support.looks import GYM, OTHER, record_of
from tests.support.seen import page

LINES = [{"id": "1", "kind": "page", "value": "/prices"}, {"id": "2", "kind": "text", "value": "Book now"}]
BARE = Outline(("Bread",), ("order",), ())


def side(text: str = GYM, *, outline: Outline | None = None, proven: bool = False, **found: Tried) -> Side:
    prototype = Prototype(url="https://gym.example/", requirements=LINES)
    record = record_of(prototype, START, text, found, proven=proven, **({"outline": outline} if outline else {}))
    return Side(record, fingerprint_of(text, None))


CASES = {
    "the same work on a proven domain": (side(), side(proven=True), Outcome.SAME, ""),
    "the same work, nothing proven": (side(), side(), Outcome.UNPROVEN, "code is not on the site"),
    "a sentence more": (side(), side(f"{GYM} New: a sauna.", proven=True), Outcome.SAME, ""),
    "other words in the same structure": (side(), side(OTHER, proven=True), Outcome.SAME, ""),
    "another site altogether": (side(), side(OTHER, outline=BARE, proven=True), Outcome.DIFFERENT, "0% of its text"),
    "a requirement got lost": (
        side(), side(proven=True, page=Tried.NOT_MET), Outcome.DIFFERENT, "There is a page at /prices",
    ),
    "what the awarded work never met": (
        side(page=Tried.NOT_MET), side(proven=True, page=Tried.NOT_MET), Outcome.SAME, "",
    ),
    "what could not be measured": (side(), side(proven=True, page=Tried.NOT_MEASURED), Outcome.SAME, ""),
    "no awarded prototype": (None, side(proven=True), Outcome.SAME, ""),
    "no awarded prototype, and less than agreed": (
        None, side(proven=True, page=Tried.NOT_MET), Outcome.DIFFERENT, "What was agreed is not met",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("awarded", "production", "outcome", "reason"), CASES.values(), ids=CASES.keys())
def test_what_a_comparison_comes_to(awarded: Side | None, production: Side, outcome: Outcome, reason: str) -> None:
    found = compare(awarded, production)
    assert (found.outcome, reason in " ".join(found.reasons)) == (outcome, True)


def test_requirements_stand_side_by_side() -> None:
    rows = lines(side(), side(page=Tried.NOT_MET))
    assert [(row.kind, row.awarded, row.production, row.is_lost) for row in rows] == [
        ("page", Tried.MET, Tried.NOT_MET, True),
        ("text", Tried.MET, Tried.MET, False),
    ]


def test_text_differences_are_told_sentence_by_sentence() -> None:
    missing, added = text_differences("We open at nine. Call us.\nBook now", "we OPEN at nine. Book now! Write to us.")
    assert (missing, added) == (["Call us.", "Book now"], ["Book now!", "Write to us."])


def test_an_outline_is_the_same_where_a_site_has_moved() -> None:
    def outline(root: str) -> Outline:
        links = (PageLink(f"{root}/prices", "Prices"), PageLink("https://elsewhere.example/", "Elsewhere"))
        return outline_of(page(f"{root}/index.html", headings=("Granite",), links=links))

    assert outline_likeness(outline("https://a.example/demo"), outline("https://gym.example")) == 1.0


def test_an_outline_without_anything_is_not_compared() -> None:
    assert outline_likeness(Outline(), Outline()) is None
    assert outline_likeness(None, Outline(("Granite",))) is None
    assert outline_likeness(Outline(("Granite",)), Outline(("Bread",))) == 0.0
