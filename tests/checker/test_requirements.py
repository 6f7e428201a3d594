"""Requirements are tried on small real sites."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager

import pytest

from marketplace.checker.engine import check_link
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED
from marketplace.checker.inspector import Inspector
from marketplace.checker.markup import Source
from marketplace.checker.requirements import Finding
from marketplace.checker.setup import Setup
from marketplace.checker.spec import Requirement
from tests.support.certificates import Authority
from tests.support.sites import Handler, answer, html, redirect, site
from tests.support.stopwatch import Stopwatch

SHOP = {
    "/": html(
        "<html lang=en-GB><title>Shop</title><style>.hidden-text {}</style><nav><a href=/contact>Contact</a></nav>"
        "<h1>Book a <b>climb</b>\n in three taps</h1><p>Pick a day, pick a slot, turn up. Members need no card.</p>"
        "<img src=line.png alt=''><img src=wall.png alt='A wall in the  Old Hall'>"
        "<script type=application/ld+json>{\"notInTheText\": 1}</script>"
    ),
    "/contact": html(
        "<title>Contact us</title><form id=ask><input type=hidden name=t><textarea name=message></textarea></form>"
    ),
    "/old": redirect("/contact"),
    "/gone": redirect("/"),
    "/broken": answer(500, "no"),
    "/busy": answer(429, "no"),
}  # fmt: skip


def findings(handler: Handler, *requirements: Requirement, path: str = "") -> list[Finding]:
    with site(handler) as there:
        record = check_link(
            there.url + path, Setup(Guard(frozenset({there.place})), politeness=UNLIMITED), requirements
        )
    return list(record.requirements)


def finding(handler: Handler, kind: str, value: str = "") -> Finding:
    return findings(handler, Requirement("1", kind, value))[0]


@pytest.mark.parametrize(
    ("kind", "value", "outcome", "evidence"),
    [
        ("page", "/contact", "met", "Contact us"),
        ("page", "/old", "met", "Contact us"),
        ("page", "/", "met", "Shop"),
        ("page", "/missing", "not_met", "404"),
        ("page", "/broken", "not_met", "500"),
        ("page", "/gone", "not_met", "redirects to the start page"),
        ("page", "/busy", "not_measured", "come back later"),
        ("page", "contact", "not_measured", "wasn't tried"),
        ("page", "//127.0.0.1/", "not_measured", "wasn't tried"),
        ("text", "book a CLIMB in  three", "met", "Book a climb in three taps"),
        ("text", "notInTheText", "not_met", "Not found"),
        ("text", "hidden-text", "not_met", "Not found"),
        ("text", " ", "not_measured", "doesn't say what to look for"),
        ("selector", "nav a[href='/contact']", "met", "<a href="),
        ("selector", "table", "not_met", "Not found"),
        ("selector", "a[", "not_measured", "CSS selector"),
        ("selector", "", "not_measured", "doesn't say what to look for"),
        ("selector", "a" * 300, "not_measured", "CSS selector"),
        ("form", "", "not_met", "No form"),
        ("https", "", "not_met", "plain HTTP"),
        ("load_time", "5", "not_measured", "arrived in"),
        ("load_time", "0", "not_met", "arrived in"),
        ("load_time", "fast", "not_measured", "can't be read"),
        ("link", "/ -> /contact", "met", "“Contact” leads to"),
        ("link", "/contact -> /", "not_met", "No link to /"),
        ("link", "/ -> /missing", "not_met", "404"),
        ("link", "/broken -> /", "not_met", "500"),
        ("link", "/ -> /gone", "not_met", "redirects to the start page"),
        ("link", "/ -> /busy", "not_measured", "come back later"),
        ("link", "contact", "not_measured", "isn't a link between two pages"),
        ("image", "", "met", "described as “A wall in the Old Hall”"),
        ("image", "old hall", "met", "described as “A wall in the Old Hall”"),
        ("image", "boulder", "not_met", "No image whose alternative text says “boulder”"),
        ("language", "en", "met", "lang=“en-GB”"),
        ("language", "EN-gb", "met", "lang=“en-GB”"),
        ("language", "", "not_measured", "doesn't say what to look for"),
        ("language", "e", "not_met", "declared: en-GB"),
        ("language", "de", "not_met", "declared: en-GB"),
        ("phone", "", "not_measured", "takes a browser"),
        ("color", "#0b5fff", "not_measured", "takes a browser"),
        ("font", "Inter", "not_measured", "takes a browser"),
        ("free", "Make it lovely", "not_measured", "for a person to judge"),
    ],
)
def test_a_requirement_is_tried(kind: str, value: str, outcome: str, evidence: str) -> None:
    found = finding(SHOP, kind, value)
    assert found.outcome == outcome
    assert evidence in found.evidence


def test_text_and_forms_are_searched_on_every_fetched_page() -> None:
    contact, form, text = findings(
        SHOP, Requirement("a", "page", "/contact"), Requirement("b", "form", "#ask"), Requirement("c", "text", "Shop")
    )
    assert (contact.outcome, form.outcome, text.outcome) == ("met", "met", "not_met")
    assert form.evidence == "/contact: a form with message"


def test_a_site_in_a_folder_has_its_pages_there() -> None:
    start = html("<a href=contact/>Contact</a><a href=/about?x=1#y>About</a>")
    hosted = {"/me/site/": start, "/me/site/contact": SHOP["/contact"], "/about": html("<title>Root</title>x")}
    wanted = [("page", "/contact"), ("page", "/about"), ("link", "/ -> /contact"), ("link", "/ -> /about")]
    found = findings(hosted, *(Requirement(str(at), *line) for at, line in enumerate(wanted)), path="me/site/")
    assert [one.outcome for one in found] == ["met"] * 4


@pytest.mark.parametrize("page", ["", "<p>Book a climb in three taps. Pick a day, pick a slot, turn up.</p>" * 20])
@pytest.mark.parametrize(("kind", "value"), [("text", "Hello"), ("selector", "h1"), ("form", ""), ("image", "")])
def test_what_scripts_may_add_is_not_measured(kind: str, value: str, page: str) -> None:
    script = "<script src=/app.js></script>"
    assert finding(html(f"<title>App</title><div id=root></div>{page}{script}"), kind, value).outcome == "not_measured"


@pytest.mark.parametrize("source", ["Open<em>ing</em> hours", "<i>O</i><i>p</i>ening ho<wbr>urs", "Opening<br>hours"])
def test_markup_within_a_word_is_ignored(source: str) -> None:
    found = finding(html(f"<title>Gym</title><p>Since 1990. {source}: nine to five.</p>"), "text", "Opening hours")
    assert (found.outcome, "nine to five" in found.evidence) == ("met", True)


def test_nothing_is_measured_on_an_unreadable_page() -> None:
    assert finding(answer(500, "no"), "text", "Hello").outcome == "not_measured"


@pytest.mark.parametrize(("kind", "value"), [("page", "/prices"), ("link", "/ -> /prices")])
def test_same_file_for_every_path_is_no_page_of_its_own(kind: str, value: str) -> None:
    found = finding(html("<title>App</title><a href=/prices>Prices</a>"), kind, value)
    assert found.outcome == "not_measured", "a single-page app may do so honestly"
    assert "very same page" in found.evidence


def test_only_ten_pages_are_tried() -> None:
    wanted = [Requirement(str(number), "page", f"/{number}") for number in range(12)]
    outcomes = [found.outcome for found in findings(lambda request: html(f"<p>{request.target}</p>"), *wanted)]
    assert outcomes == ["met"] * 10 + ["not_measured"] * 2


def test_a_page_in_another_charset_is_read() -> None:
    page = answer(body="<p>Zażółć</p>".encode("iso-8859-2"), content_type="text/html; charset=ISO-8859-2")
    assert finding(page, "text", "Zażółć").outcome == "met"


@pytest.mark.parametrize("charset", ["no-such-thing", "base64", "utf-7", '"'])
def test_wrong_charset_declaration_breaks_nothing(charset: str) -> None:
    page = answer(body="<title>T</title><p>Hello</p>", content_type=f"text/html; charset={charset}")
    assert finding(page, "text", "Hello").outcome in ("met", "not_met")


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 200_000,
        "<title>" * 200_000,
        "<title " * 200_000,
        "<a " + "b=c " * 300_000,
        "\0" * 1_000_000,
        "<!--" * 250_000,
    ],
    ids=["deep", "titles", "open titles", "attributes", "NULs", "comments"],
)
def test_hostile_markup_is_bounded_in_time_and_memory(body: str) -> None:
    watch = Stopwatch()
    first, second = findings(
        {"/": html(body), "/x": html(f"{body} ")},
        Requirement("1", "selector", "table"),
        Requirement("2", "page", "/x"),
    )
    assert first.outcome in ("not_met", "not_measured")
    assert second.outcome == "met"
    assert watch.seconds < 6


def test_inspector_restarts_after_hostile_markup() -> None:
    inspector = Inspector(seconds=1)
    with closing(inspector):
        assert (
            inspector.look([("text", "a")], [Source("/", "http://a.example/", "<div>" * 400_000)])[0][0]
            == "not_measured"
        )
        assert inspector.look([("text", "a")], [Source("/", "http://a.example/", "<p>a</p>")])[0][0] == "met"


def test_a_page_is_not_blamed_for_what_the_inspector_waited() -> None:
    with closing(Inspector(seconds=0.2)) as inspector:
        page = [Source("/", "http://a.example/", "<p>a</p>")]
        assert inspector.look([("text", "a")], page)[0][0] == "met"
        with stopped(inspector) as process:
            threading.Timer(1.0, lambda: os.kill(process, signal.SIGCONT)).start()
            assert inspector.look([("text", "a")], page)[0][0] == "met"


def test_an_inspector_that_is_never_let_on_says_so_and_the_next_look_works(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Inspector()) as inspector:
        page = [Source("/", "http://a.example/", "<p>a</p>")]
        assert inspector.look([("text", "a")], page)[0][0] == "met"
        with monkeypatch.context() as patch, stopped(inspector):
            patch.setattr("marketplace.checker.inspector.PATIENCE", 0.1)
            outcome, sentence = inspector.look([("text", "a")], page)[0]
        assert outcome == "not_measured"
        assert "our fault" in sentence
        assert inspector.look([("text", "a")], page)[0][0] == "met"


@contextmanager
def stopped(inspector: Inspector) -> Generator[int]:
    """Its process, held back as by a machine that is busy with everything else."""
    process = inspector._process  # noqa: SLF001 (nothing else of it is to be seen)
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    yield process.pid


def test_https_is_met_by_a_verified_certificate(authority: Authority) -> None:
    with site(SHOP, tls=authority.context("127.0.0.1")) as there:
        setup = Setup(Guard(frozenset({there.place})), politeness=UNLIMITED, trust=authority.roots)
        record = check_link(there.url, setup, [Requirement("1", "https")])
    assert (record.met, record.measured) == (1, 1)
