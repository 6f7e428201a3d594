"""Requirements with a browser's view: its markup counts too, and appearance and times are measured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from marketplace.checker import colors
from marketplace.checker.browser.view import BrowserView, Rendering
from marketplace.checker.fetch.result import FetchResult, Timings
from marketplace.checker.inspector import Inspector
from marketplace.checker.requirements import FetchedPage, Finding, paths_to_try, try_requirements
from marketplace.checker.spec import Requirement
from tests.support.audit_inputs import URL, hop, rendered

APP = b"<html lang=en><title>App</title><div id=root></div><script src=/app.js></script>"
WRITTEN = (
    "<html lang=de><div id=root><h1>Freie Plätze</h1><form><input name=day></form><a href='/prices#now'>Preise</a>"
    "<img src=a.png alt='Die Halle'></div><script src=/app.js></script>"
)


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    with closing(Inspector(seconds=5)) as one:
        yield one


def page(path: str, source: bytes, **values: Any) -> FetchedPage:
    return FetchedPage(FetchResult((hop(URL.rstrip("/") + path, decoded_bytes=len(source), **values),), source), path)


def finding(inspector: Inspector, kind: str, value: str, view: BrowserView | None, source: bytes = APP) -> Finding:
    pages = {"/prices": page("/prices", APP + b"<title>Prices</title>")}
    home = page("/", source, timings=Timings(total=700))
    return try_requirements([Requirement("1", kind, value)], home, pages, inspector, view)[0]


@pytest.mark.parametrize(
    ("kind", "value", "evidence"),
    [
        ("text", "freie plätze", "/ in the browser: “…Freie Plätze"),
        ("selector", "h1", "/ in the browser: <h1>"),
        ("form", "", "/ in the browser: a form with day"),
        ("link", "/ -> /prices", "/ in the browser: “Preise” leads to https://shop.example/prices"),
        ("image", "halle", "/ in the browser: an image described as “Die Halle”"),
        ("language", "de", "/ in the browser: lang=“de”"),
        ("language", "en", "/: lang=“en”"),
    ],
)
def test_text_written_by_scripts_is_found(inspector: Inspector, kind: str, value: str, evidence: str) -> None:
    found = finding(inspector, kind, value, BrowserView(rendered(), WRITTEN, seen=frozenset("1")))
    assert found.outcome == "met"
    assert found.evidence.startswith(evidence)


@pytest.mark.parametrize(("kind", "value"), [("text", "freie plätze"), ("selector", "h1"), ("form", ""), ("image", "")])
@pytest.mark.parametrize(
    ("seen", "outcome", "evidence"),
    [
        (frozenset[str](), "not_met", "In the source, but not visible. / in the browser: "),
        (None, "not_measured", "In the source; our browser couldn't tell whether it shows. / in the browser: "),
    ],
)
def test_invisible_content_is_not_met(
    inspector: Inspector, kind: str, value: str, seen: frozenset[str] | None, outcome: str, evidence: str
) -> None:
    found = finding(inspector, kind, value, BrowserView(rendered(), WRITTEN, seen=seen))
    assert found.outcome == outcome
    assert found.evidence.startswith(evidence)


@pytest.mark.parametrize(("tail", "outcome"), [(b"", "not_met"), (b"<h2>About us</h2>", "met")])
def test_content_hidden_on_the_start_page_may_be_met_on_another(
    inspector: Inspector, tail: bytes, outcome: str
) -> None:
    hides = b"<p hidden>Book a climb</p>"
    pages = {"/about": page("/about", hides + tail)}
    view = BrowserView(rendered(), f"<html><head></head><body>{hides.decode()}</body></html>", seen=frozenset())
    found = try_requirements([Requirement("1", "text", "Book a climb")], page("/", hides), pages, inspector, view)
    assert found[0].outcome == outcome


def test_without_a_browser_markup_decides(inspector: Inspector) -> None:
    view = BrowserView(Rendering("timed_out", "The browser ran out of time."))
    assert finding(inspector, "text", "Hello", view, b"<p hidden>Hello").outcome == "met"


def test_missing_content_is_not_met_after_scripts_ran(inspector: Inspector) -> None:
    home = page("/", APP)
    wanted = [Requirement("1", "selector", "table")]
    assert try_requirements(wanted, home, {}, inspector)[0].outcome == "not_measured"
    assert try_requirements(wanted, home, {}, inspector, BrowserView(rendered(), WRITTEN))[0].outcome == "not_met"


def test_scripted_page_that_no_browser_opened_is_not_measured(inspector: Inspector) -> None:
    assert finding(inspector, "selector", "table", BrowserView(rendered(), WRITTEN)).outcome == "not_measured"


@pytest.mark.parametrize(
    ("kind", "value", "measured", "outcome", "evidence"),
    [
        ("phone", "", {"overflow_px": 0}, "met", "fits a screen 390 px wide"),
        ("phone", "", {"overflow_px": 12}, "not_met", "12 px wider"),
        ("phone", "", {"overflow_px": None}, "not_measured", "couldn't tell"),
        ("load_time", "2", {"lcp_ms": 2000.0}, "met", "Its largest part showed after 2.00 s"),
        ("load_time", "2", {"lcp_ms": 2001.0, "load_ms": 100.0}, "not_met", "Its largest part showed"),
        ("load_time", "2", {"lcp_ms": None, "load_ms": 1500.0}, "met", "All of it had loaded after 1.50 s"),
        ("load_time", "2", {"lcp_ms": None, "load_ms": None}, "not_measured", "arrived in 0.70 s"),
        ("load_time", "0.5", {"lcp_ms": None, "load_ms": None}, "not_met", "arrived in 0.70 s"),
        ("load_time", "nan", {}, "not_measured", "can't be read"),
        ("color", "#1B2A33", {}, "met", "#1b2a33 is used."),
        ("color", "#1c2b34", {}, "met", "#1b2a33 is used, which looks the same."),
        ("color", "#0b5fff", {}, "not_met", "The nearest colour used is #1b2a33"),
        ("color", "blue", {}, "not_measured", "can't be read"),
        ("color", "#0b5fff", {"colors": ()}, "not_measured", "couldn't tell"),
        ("font", "Inter", {}, "met", "inter, georgia"),
        ("font", "'GEORGIA'", {}, "met", "inter, georgia"),
        ("font", "Arial", {}, "not_met", "Not among the fonts used: inter, georgia"),
        ("font", "Arial", {"fonts": ()}, "not_measured", "couldn't tell"),
    ],
)
def test_browser_requirements_are_tried(
    inspector: Inspector, kind: str, value: str, measured: dict[str, Any], outcome: str, evidence: str
) -> None:
    found = finding(inspector, kind, value, BrowserView(rendered(**measured), WRITTEN))
    assert found.outcome == outcome
    assert evidence in found.evidence


@pytest.mark.parametrize(
    ("kind", "value"), [("phone", ""), ("load_time", "2"), ("color", "#0b5fff"), ("font", "Inter")]
)
@pytest.mark.parametrize("view", [None, BrowserView(Rendering("timed_out", "The browser ran out of time."))])
def test_missing_measurements_are_not_measured(
    inspector: Inspector, kind: str, value: str, view: BrowserView | None
) -> None:
    assert finding(inspector, kind, value, view).outcome == "not_measured"


def test_a_browser_that_failed_says_why(inspector: Inspector) -> None:
    view = BrowserView(Rendering("timed_out", "The browser ran out of time."))
    assert finding(inspector, "phone", "", view).evidence == "The browser ran out of time."


def test_both_pages_of_a_link_are_fetched() -> None:
    wanted = [
        Requirement("1", "link", "/ -> /prices"),
        Requirement("2", "link", "/prices->/book"),
        Requirement("3", "link", "x"),
    ]
    assert paths_to_try(wanted) == ["/prices", "/book"]


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("#000000", "#ffffff", 0.99, 1.01),
        ("#336699", "#336699", 0.0, 0.0),
        ("#336699", "#34679a", 0.0, colors.NOTICEABLE),
        ("#336699", "#996633", 0.1, 1.0),
        ("#ff0000", "#ee0000", colors.NOTICEABLE, 0.1),
    ],
)
def test_colour_distance_follows_perception(one: str, other: str, least: float, most: float) -> None:
    assert least <= colors.distance(one, other) <= most
    assert colors.distance(one, other) == colors.distance(other, one)
