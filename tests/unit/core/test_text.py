"""User-written text becomes safe HTML that fits the page's outline."""

import pytest

from marketplace.core.text import render_markdown, slugify


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("### Start", "<h3>Start</h3>\n"),
        ("## A\n# B\n### C", "<h3>A</h3>\n<h3>B</h3>\n<h4>C</h4>\n"),
        ("# A\n###### B", "<h3>A</h3>\n<h4>B</h4>\n"),
    ],
)
def test_headings_continue_the_pages_outline_without_gap(source: str, html: str) -> None:
    assert render_markdown(source) == html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://example.com/pixel.png)",
        "<img src=x onerror=alert(1)>",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<h1 onclick=alert(1)>x</h1>",
    ],
)
def test_html_executes_and_fetches_nothing(source: str) -> None:
    html = render_markdown(source)
    assert not any(danger in html for danger in ("<script", "<img", "<h1", 'href="javascript', 'href="data'))


def test_slugs_are_plain_words() -> None:
    assert (slugify("Größe & Preis: 3 Hallen!"), slugify("日本")) == ("groe-preis-3-hallen", "item")
