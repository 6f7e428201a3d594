"""Invalid input is rejected early, on both databases alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

GIANT = "9" * 24


@pytest.mark.parametrize(
    "path", ["/bids/{}", "/bids/{}/messages", "/report/job/{}", "/portfolio/{}/picture", "/mail/{}"]
)
def test_id_out_of_range_is_404(visitor: Callable[[], Visitor], path: str) -> None:
    assert visitor().get(path.format(GIANT)).status_code == 404


@pytest.mark.parametrize("path", ["/jobs?q=%00", "/people/%00", "/jobs?skill=a%00b", "/unsubscribe/%00"])
def test_nul_bytes_are_refused(visitor: Callable[[], Visitor], path: str) -> None:
    assert visitor().get(path).status_code == 400


def test_nul_byte_in_a_form_is_refused_with_a_reason(visitor: Callable[[], Visitor]) -> None:
    answer = visitor().submit("/signin", {"email": "a\0@example.com", "password": "x"})
    assert answer.status_code == 400
    assert "NUL character" in answer.text


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_choosing_a_theme_never_redirects_to_another_site(visitor: Callable[[], Visitor], target: str) -> None:
    assert visitor().post("/theme", {"theme": "dark", "next": target}).location == "/"


@pytest.mark.parametrize("sent_in", ["query", "form"])
def test_invalid_next_address_is_refused(visitor: Callable[[], Visitor], sent_in: str) -> None:
    browser, bad = visitor(), "http://[here"
    if sent_in == "form":
        answer = browser.submit("/signin", {"email": "a@example.com", "password": "x", "next": bad})
    else:
        answer = browser.get("/signin", query_string={"next": bad})
    assert answer.status_code == 400


@pytest.mark.parametrize("header", ["Origin", "Referer"])
@pytest.mark.parametrize("path", ["/signin", "/inbox/read", "/nothing-here"])
def test_invalid_referer_breaks_nothing(visitor: Callable[[], Visitor], header: str, path: str) -> None:
    answer = visitor().http.post(path, data={"by": "x", "text": "y"}, headers={header: "http://[here"})
    assert answer.status_code in (400, 404)


def test_every_page_has_security_headers(visitor: Callable[[], Visitor]) -> None:
    headers = visitor().get("/jobs").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_session_cookies_are_hidden_from_scripts_and_other_sites(visitor: Callable[[], Visitor]) -> None:
    cookie = visitor().get("/signin").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
