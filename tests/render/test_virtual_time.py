"""Virtual time: delayed actions are noted, and nothing else of the capture changes."""

from __future__ import annotations

import pytest

from marketplace.checker.browser.virtual_time import MAX_REQUESTS
from tests.render.conftest import Look, Pages
from tests.support.sites import Site, answer, html

pytestmark = pytest.mark.browser

FILE = answer(body="MZ", content_type="application/octet-stream", content_disposition="attachment; filename=a.exe")

MENU = answer(body="%PDF-1.4", content_type="application/pdf")
SAVED = answer(body="%PDF-1.4", content_type="application/pdf", content_disposition="attachment")
FILES = {"/file": FILE, "/other": html("<title>Other"), "/menu.pdf": MENU, "/saved.pdf": SAVED}


@pytest.mark.parametrize(
    ("page", "attempts"),
    [
        ("<script>setTimeout(() => { location = '/file' }, 30000)</script>", ("download",)),
        ("<meta http-equiv=refresh content='20; url=/file'>", ("download",)),
        ("<script>let k = 0; setInterval(() => { if (++k === 9) location = '/file' }, 5000)</script>", ("download",)),
        ("<script>setTimeout(() => { open('/other') }, 30000)</script>", ("popup",)),
        ("<script>setTimeout(() => alert('Hurry!'), 30000)</script>", ("dialog",)),
        (
            "<input type=password hidden><script>setTimeout(() => { location = '/file' }, 30000)</script>",
            ("download",),
        ),
        ("<script>setTimeout(() => { location = '/menu.pdf' }, 30000)</script>", ()),
        ("<iframe src=/menu.pdf></iframe>", ()),
        ("<iframe src=/saved.pdf></iframe>", ("download",)),
        ("<script>setTimeout(() => { location = '/other' }, 30000)</script>", ()),
        ("<script>setTimeout(() => { for (;;); }, 30000)</script>", ()),
        ("<script>setTimeout(() => { location = 'http://10.0.0.1/' }, 30000)</script>", ()),
        ("<script>setInterval(() => document.title += '.', 10)</script>", ()),
    ],
)
def test_delayed_actions_are_noted(look: Look, page: str, attempts: tuple[str, ...]) -> None:
    view = look(f"<title>Shop</title><h1>Still here</h1>{page}", FILES)
    rendering = view.rendering
    assert (rendering.is_measured, rendering.attempts, rendering.text[:10]) == (True, attempts, "Still here")
    assert set(view.pictures) == {"wide", "phone"}
    assert rendering.failed_requests == ()


FLOODS = {
    "polling": "fetch('/more').catch(() => 0)",
    "prefetching": "document.head.append(Object.assign(document.createElement('link'), {rel: 'prefetch', href: MORE}))",
    "frames": "document.body.append(Object.assign(document.createElement('iframe'), {src: MORE}))",
    "sending forms": "f.submit()",
    "sockets": "new WebSocket(MORE)",
    "reloading": "location = MORE",
}


@pytest.mark.parametrize("deed", FLOODS.values(), ids=FLOODS)
def test_virtual_time_does_not_send_a_minute_of_requests_at_once(
    look: Look, stage: tuple[Site, Pages], deed: str
) -> None:
    stage[0].requests.clear()
    deed = deed.replace("MORE", "'/more?' + Math.random()")
    form = "<iframe name=i></iframe><form id=f method=post action=/more target=i></form>"
    look(f"<h1>News</h1>{form}<script>setTimeout(() => setInterval(() => {{ {deed} }}, 50), 20000)</script>")
    assert sum(request.target.startswith("/more") for request in stage[0].requests) <= MAX_REQUESTS


def test_events_after_the_capture_are_ignored(look: Look) -> None:
    late = "setTimeout(() => { location = LATE }, 30000)"
    calm, refused, heavy = (
        look(f"<h1>Shop</h1><script>{late.replace('LATE', repr(to))}</script>", {"/big": html("x" * 500_000)})
        for to in ("#here", "http://10.0.0.1/", "/big")
    )
    assert refused.rendering.refused_requests == calm.rendering.refused_requests == ()
    assert (heavy.rendering.bytes or 0) < (calm.rendering.bytes or 0) + 1000
