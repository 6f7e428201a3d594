"""What a page puts off until nobody looks any more is noted all the same; nothing else of the look changes."""

from __future__ import annotations

import pytest

from tests.render.conftest import Look, Pages
from tests.support.sites import Site, answer, html

pytestmark = pytest.mark.browser

FILE = answer(body="MZ", content_type="application/octet-stream", content_disposition="attachment; filename=a.exe")


@pytest.mark.parametrize(
    ("page", "attempts"),
    [
        ("<script>setTimeout(() => { location = '/file' }, 30000)</script>", ("download",)),
        ("<meta http-equiv=refresh content='20; url=/file'>", ("download",)),
        ("<script>let k = 0; setInterval(() => { if (++k === 9) location = '/file' }, 5000)</script>", ("download",)),
        ("<script>setTimeout(() => { open('/other') }, 30000)</script>", ("popup",)),
        ("<script>setTimeout(() => alert('Hurry!'), 30000)</script>", ("dialog",)),
        ("<script>setTimeout(() => { location = '/other' }, 30000)</script>", ()),
        ("<script>setTimeout(() => { for (;;); }, 30000)</script>", ()),
        ("<script>setTimeout(() => { location = 'http://10.0.0.1/' }, 30000)</script>", ()),
        ("<script>setInterval(() => document.title += '.', 10)</script>", ()),
    ],
)
def test_what_a_page_put_off_is_noted(look: Look, page: str, attempts: tuple[str, ...]) -> None:
    view = look(f"<title>Shop</title><h1>Still here</h1>{page}", {"/file": FILE, "/other": html("<title>Other")})
    rendering = view.rendering
    assert (rendering.is_measured, rendering.attempts, rendering.text[:10]) == (True, attempts, "Still here")
    assert set(view.pictures) == {"wide", "phone"}
    assert rendering.failed_requests == ()


def test_a_page_that_polls_does_not_poll_a_minute_at_once(look: Look, stage: tuple[Site, Pages]) -> None:
    stage[0].requests.clear()
    look("<h1>News</h1><script>setInterval(() => fetch('/news').catch(() => 0), 5000)</script>", {"/news": html("x")})
    assert sum(request.target == "/news" for request in stage[0].requests) <= 2
