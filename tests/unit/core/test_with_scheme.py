"""Web addresses as people type them."""

from __future__ import annotations

import pytest

from marketplace.core.text import with_scheme


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("example.com", "https://example.com"),
        ("  example.com/a?b=c#d \n", "https://example.com/a?b=c#d"),
        ("\ufeffexample.com\u200b", "https://example.com"),
        ("www.example.com:8443/x", "https://www.example.com:8443/x"),
        ("//example.com/x", "https://example.com/x"),
        ("müller.example", "https://müller.example"),
        ("http://example.com", "http://example.com"),
        (" HTTPS://Example.com ", "HTTPS://Example.com"),
        ("ftp://example.com", "ftp://example.com"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("mailto:me@example.com", "mailto:me@example.com"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_https_is_prepended_if_scheme_is_missing(typed: str, kept: str) -> None:
    assert with_scheme(typed) == kept
