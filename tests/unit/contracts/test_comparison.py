"""Production compared with the awarded work: each case with its outcome and displayed reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.checker.audits.facts import PageLink
from marketplace.checker.likeness.fingerprint import fingerprint_of
from marketplace.checker.outline import Outline, outline_likeness, outline_of
from marketplace.checker.requirements import Outcome as Tried
from marketplace.contracts.comparison import ComparedSide, compare, lines, text_differences
from marketplace.contracts.states import LineChange
from marketplace.prototypes.models import Prototype
from tests.support.audit_inputs import hop, page
from tests.support.factories import START
from tests.support.looks import GYM, OTHER, record_of

LINES = [{"id": "1", "kind": "page", "value": "/prices"}, {"id": "2", "kind": "text", "value": "Book now"}]
BARE = Outline(("Bread",), ("order",), ())


def side(
    text: str = GYM,
    *,
    outline: Outline | None = None,
    proven: bool = False,
    url: str = "https://gym.example/",
    **found: Tried,
) -> ComparedSide:
    prototype = Prototype(url=url, requirements=LINES)
    record = record_of(prototype, START, text, found, proven=proven, **({"outline": outline} if outline else {}))
    return ComparedSide(record, fingerprint_of(text, None))


DEMO = "https://demo.example/gym/"
CASES = {
    "the same work on a proven domain": (side(url=DEMO), side(proven=True), LineChange.SAME, ""),
    "the same work, nothing proven": (side(url=DEMO), side(), LineChange.UNPROVEN, "code is not on the site"),
    "a sentence more": (side(url=DEMO), side(f"{GYM} New: a sauna.", proven=True), LineChange.SAME, ""),
    "other words in the same structure": (side(url=DEMO), side(OTHER, proven=True), LineChange.SAME, ""),
    "another site altogether": (
        side(url=DEMO), side(OTHER, outline=BARE, proven=True), LineChange.DIFFERENT, "0% of its text",
    ),
    "a requirement got lost": (
        side(url=DEMO), side(proven=True, page=Tried.NOT_MET), LineChange.DIFFERENT, "There is a page at /prices",
    ),
    "what the awarded work never met": (
        side(url=DEMO, page=Tried.NOT_MET), side(proven=True, page=Tried.NOT_MET), LineChange.SAME, "",
    ),
    "what could not be measured": (side(url=DEMO), side(proven=True, page=Tried.NOT_MEASURED), LineChange.SAME, ""),
    "no awarded prototype": (None, side(proven=True), LineChange.SAME, ""),
    "no awarded prototype, and less than agreed": (
        None, side(proven=True, page=Tried.NOT_MET), LineChange.DIFFERENT, "What was agreed is not met",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("awarded", "production", "outcome", "reason"), CASES.values(), ids=CASES.keys())
def test_comparison_outcome_and_reason(
    awarded: ComparedSide | None, production: ComparedSide, outcome: LineChange, reason: str
) -> None:
    found = compare(awarded, production)
    assert (found.outcome, reason in " ".join(found.reasons)) == (outcome, True)


@pytest.mark.parametrize(
    ("prototype", "production", "outcome"),
    [
        ("https://fay.example/gym", "https://fay.example/gym", LineChange.UNPROVEN),
        ("https://fay.example/gym", "http://www.FAY.example:8080/", LineChange.UNPROVEN),
        ("https://demo.fay.example/", "https://gym.fay.example/", LineChange.UNPROVEN),
        ("https://fay.co.uk/", "https://gym.co.uk/", LineChange.SAME),
        ("https://fay.netlify.app/", "https://gym.netlify.app/", LineChange.SAME),
        ("https://fay.netlify.app/", "https://preview--fay.netlify.app/", LineChange.SAME),
        ("https://a.fay.github.io/", "https://fay.github.io/gym/", LineChange.UNPROVEN),
        ("https://sites.google.com/fay", "https://sites.google.com/gym", LineChange.UNPROVEN),
        ("http://203.0.113.7/", "http://203.0.113.7/", LineChange.UNPROVEN),
        ("http://203.0.113.7/", "http://203.0.113.7:80/", LineChange.UNPROVEN),
        ("http://203.0.113.7/", "http://203.0.113.8/", LineChange.SAME),
        ("https://xn--bcher-kva.example/", "https://bücher.example/", LineChange.UNPROVEN),
        ("https://demo.fay.example/", "https://demo.fay.example./", LineChange.UNPROVEN),
        ("", "https://gym.example/", LineChange.SAME),
    ],
)
def test_prototype_host_is_not_client_domain(prototype: str, production: str, outcome: LineChange) -> None:
    assert compare(None, side(proven=True, url=production), prototype).outcome == outcome


def test_client_address_redirecting_to_prototype_is_prototype_host() -> None:
    production = side(proven=True)
    there = replace(production, record=replace(production.record, hops=(hop("https://gym.example/"), hop(DEMO))))
    assert compare(side(url=DEMO), there).outcome == LineChange.UNPROVEN


def test_requirements_are_listed_side_by_side() -> None:
    rows = lines(side(url=DEMO), side(page=Tried.NOT_MET))
    assert [(row.kind, row.awarded, row.production, row.is_lost) for row in rows] == [
        ("page", Tried.MET, Tried.NOT_MET, True),
        ("text", Tried.MET, Tried.MET, False),
    ]


def test_text_differences_are_listed_by_sentence() -> None:
    missing, added = text_differences("We open at nine. Call us.\nBook now", "we OPEN at nine. Book now! Write to us.")
    assert (missing, added) == (["Call us.", "Book now"], ["Book now!", "Write to us."])


def test_outline_ignores_site_root() -> None:
    def outline(root: str) -> Outline:
        links = (PageLink(f"{root}/prices", "Prices"), PageLink("https://elsewhere.example/", "Elsewhere"))
        return outline_of(page(f"{root}/index.html", headings=("Granite",), links=links))

    assert outline_likeness(outline("https://a.example/demo"), outline("https://gym.example")) == 1.0


def test_empty_outline_is_not_compared() -> None:
    assert outline_likeness(Outline(), Outline()) is None
    assert outline_likeness(None, Outline(("Granite",))) is None
    assert outline_likeness(Outline(("Granite",)), Outline(("Bread",))) == 0.0
