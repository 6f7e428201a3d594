"""A page's charset is sniffed as browsers do, whatever it declares."""

from __future__ import annotations

import codecs

import pytest

from marketplace.checker.fetch.page_text import SNIFFED, decode, title_of
from marketplace.checker.fetch.result import FetchResult
from tests.support.audit_inputs import hop
from tests.support.stopwatch import Stopwatch

HTML = "text/html"
TEA = "Чай"
META = "<meta charset=windows-1251>"
EQUIV = "<meta content='text/html; charset = windows-1251' http-equiv=Content-Type>"
LATER = f"<!--{'x' * SNIFFED}-->{META}"


def page(meta: str = "") -> str:
    return f"{meta}<TITLE lang=ru>{TEA} &amp;\n tea</TITLE>"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (HTML, page().encode()),
        ("text/html; charset=windows-1251", page().encode("cp1251")),
        ("text/html; charset=windows-1251", page("<meta charset=utf-8>").encode("cp1251")),
        (HTML, page(META).encode("cp1251")),
        (HTML, page("<META data-x='>' Charset = 'Windows-1251' />").encode("cp1251")),
        (HTML, page(EQUIV).encode("cp1251")),
        (HTML, page("<meta charset=no-such-thing>" + META).encode("cp1251")),
        ("text/html; charset=no-such-thing", page(META).encode("cp1251")),
        ("text/html; charset=windows-1251", page(META).encode("utf-8-sig")),
        ("text/html; charset=utf-8", codecs.BOM_UTF16_LE + page(META).encode("utf-16-le")),
        (HTML, codecs.BOM_UTF16_BE + page().encode("utf-16-be")),
        ("text/html; charset=utf-16le", page().encode("utf-16-le")),
        (HTML, page("<meta charset=utf-16>").encode()),
        (HTML, page("<meta charset=no-such-thing>").encode()),
        (HTML, page("<meta name=description content='charset=windows-1251'>").encode()),
        (HTML, page(f"<!-- {META} -->").encode()),
        (HTML, page(f"<p title='{META}'>").encode()),
        (HTML, page(LATER).encode()),
    ],
    ids=[
        "nothing named", "header", "header before meta", "meta", "meta as some write it", "http-equiv",
        "meta after an unknown one", "meta after an unknown header", "UTF-8 mark before all", "UTF-16LE mark",
        "UTF-16BE mark", "UTF-16 header", "meta can't mean UTF-16", "unknown meta", "no charset meant",
        "meta in a comment", "meta in an attribute", "meta too late",
    ],
)  # fmt: skip
def test_charset_is_sniffed_as_browsers_do(content_type: str, body: bytes) -> None:
    text = decode(body, content_type)
    assert TEA in text
    assert not text.startswith("\ufeff")
    assert title_of(FetchResult((hop(content_type=content_type),), body)) == f"{TEA} & tea"


def test_late_title_is_found_and_unclosed_title_is_not() -> None:
    late, endless = f"{' ' * 9_000}{page()}".encode(), b"<title>Tea"
    assert title_of(FetchResult((hop(),), late)) == f"{TEA} & tea"
    assert title_of(FetchResult((hop(),), endless)) == ""


@pytest.mark.parametrize(
    "piece", ["<meta ", "<meta charset=", "<!--", "<a '", "<a \"'", "<title", "<title></titl", "= "]
)
def test_hostile_title_markup_is_read_in_linear_time(piece: str) -> None:
    body = (piece * 200_000).encode()
    watch = Stopwatch()
    decode(body, HTML)
    title_of(FetchResult((hop(),), body))
    assert watch.seconds < 0.5
