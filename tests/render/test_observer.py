# ruff: noqa: E501 (pages read better on one line)
"""What the browser measures, with one small page per measurement."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from marketplace.checker.browser.limits import RenderLimits
from marketplace.checker.browser.renderer import Renderer
from marketplace.checker.spec import Requirement
from tests.render.conftest import Look
from tests.support.sites import answer, html

pytestmark = pytest.mark.browser

PHONE_READY = '<meta name="viewport" content="width=device-width, initial-scale=1">'
PICTURE = answer(
    body='<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" fill="red"/></svg>',
    content_type="image/svg+xml",
)


def test_title_language_address_and_text_are_read_after_scripts_ran(look: Look) -> None:
    page = '<html lang="de"><title>Klettern</title><p id="p"></p><script>p.textContent = "Written by a script"</script>'
    rendering = look(page).rendering
    assert rendering.is_measured
    assert (rendering.title, rendering.language) == ("Klettern", "de")
    assert rendering.text == "Written by a script"
    assert rendering.url.startswith("http://127.0.0.1:")
    assert rendering.browser.startswith("Chromium ")


def test_hidden_text_is_not_read(look: Look) -> None:
    assert look('<p>Seen</p><p style="display: none">Hidden</p>').rendering.text == "Seen"


def test_text_that_arrives_after_the_page_loaded_is_waited_for(look: Look) -> None:
    page = "<p id=p></p><script>fetch('/late').then(r => r.text()).then(t => p.textContent = t)</script>"
    assert look(page, {"/late": answer(body="Late")}).rendering.text == "Late"


def test_the_document_is_kept_as_scripts_left_it(look: Look) -> None:
    assert '<p class="new">' in look("<script>document.write('<p class=new>x')</script>").html


def test_largest_contentful_paint_and_load_time(look: Look) -> None:
    rendering = look("<h1>A headline</h1>").rendering
    assert rendering.lcp_ms is not None
    assert rendering.load_ms is not None
    assert 0 < rendering.lcp_ms < 20_000
    assert 0 < rendering.load_ms < 20_000


def test_static_page_has_no_layout_shift(look: Look) -> None:
    assert look("<h1>A headline</h1>").rendering.layout_shift == 0


def test_content_pushed_down_counts_as_layout_shift(look: Look) -> None:
    pushed = "setTimeout(() => document.body.prepend(Object.assign(document.createElement('div'), {style: 'height: 300px'})), 150)"
    shift = look(f"<h1 style='height: 300px'>A headline</h1><script>{pushed}</script>").rendering.layout_shift
    assert shift is not None
    assert shift > 0.05


def test_a_long_task_counts_as_blocking_beyond_its_first_50_ms(look: Look) -> None:
    busy = "addEventListener('load', () => setTimeout(() => { const t = performance.now(); while (performance.now() < t + 250); }))"
    blocking = look(f"<h1>A headline</h1><script>{busy}</script>").rendering.blocking_ms
    assert blocking is not None
    assert blocking >= 190


@pytest.mark.parametrize(
    ("page", "overflow"),
    [
        pytest.param(f"{PHONE_READY}<p>Fits</p>", 0, id="fits"),
        pytest.param(f"{PHONE_READY}<style>body {{margin: 0}}</style><div style='width: 500px'>x</div>", 110, id="too wide"),
        pytest.param("<p>Made for large screens</p>", 590, id="no viewport: phones lay it out 980 px wide"),
        pytest.param(
            f"{PHONE_READY}<style>body {{overflow-x: hidden}}</style><div style='width: 500px'>x</div>", 0, id="cut off on purpose"
        ),
        pytest.param(
            f"{PHONE_READY}<style>@media (max-width: 400px) {{div {{width: 100px !important}}}}</style><div style='width: 900px'>x</div>",
            0,
            id="adapts",
        ),
    ],
)  # fmt: skip
def test_horizontal_overflow_on_a_phone(look: Look, page: str, overflow: int) -> None:
    assert look(page).rendering.overflow_px == pytest.approx(overflow, abs=1)


def test_colors_and_fonts_in_use_the_most_used_first(look: Look) -> None:
    page = """<style>body { background: #102030; color: rgb(240 240 240); font-family: "Inter", sans-serif; }
        h1 { font-family: Georgia, serif; color: oklch(0.7 0.2 25); }</style>
        <h1>Short</h1><p>A much longer text in the font of the body, and in its color.</p>"""
    rendering = look(page).rendering
    assert rendering.colors[:2] == ("#102030", "#f0f0f0")
    assert len(rendering.colors) == 3
    assert rendering.fonts == ("inter", "georgia")


def test_a_page_without_a_background_is_white(look: Look) -> None:
    assert look("<p>x</p>").rendering.colors == ("#ffffff", "#000000")


def test_lone_surrogate_is_replaced(look: Look) -> None:
    rendering = look(
        "<body><script>document.title = 'a\\ud800b'; document.body.append('x\\udc00y\\0z');"
        " console.error('e\\ud800')</script>"
    ).rendering
    assert (rendering.title, rendering.text) == ("a\ufffdb", "x\ufffdy\ufffdz")
    assert rendering.console_errors == ("e?",)


def test_console_errors_and_uncaught_exceptions(look: Look) -> None:
    errors = look("<script>console.error('Oh no'); console.log('fine'); nothing()</script>").rendering.console_errors
    assert errors == ("Oh no", "Uncaught ReferenceError: nothing is not defined")


def test_failed_requests_say_why(look: Look) -> None:
    rendering = look('<img src="/missing.png"><img src="/there.svg">', {"/there.svg": PICTURE}).rendering
    assert [(miss["url"].rpartition("/")[2], miss["why"]) for miss in rendering.failed_requests] == [
        ("missing.png", "answered 404")
    ]
    assert rendering.console_errors == ()
    assert rendering.requests == 3
    assert rendering.bytes is not None
    assert 500 < rendering.bytes < 5000


def test_a_refused_request_is_told_apart_from_a_failed_one(look: Look) -> None:
    rendering = look('<img src="http://10.0.0.1/a.png"><img src="https://192.168.1.1/b.png">').rendering
    assert rendering.failed_requests == ()
    assert {entry["url"] for entry in rendering.refused_requests} == {
        "http://10.0.0.1/a.png", "https://192.168.1.1",
    }  # fmt: skip
    assert "private network" in rendering.refused_requests[0]["why"]


@pytest.mark.parametrize(
    ("page", "attempt"),
    [
        ("<script>alert('Hello')</script>", "dialog"),
        ("<script>open('/other')</script>", "popup"),
        ("<a href='/file' download>x</a><script>document.querySelector('a').click()</script>", "download"),
        ("<script>navigator.geolocation.getCurrentPosition(() => 0)</script>", "permission"),
        ("<script>Notification.requestPermission()</script>", "permission"),
        ("<script>navigator.mediaDevices.getUserMedia({video: true}).catch(() => 0)</script>", "permission"),
        ("<script>navigator.serviceWorker.register('/sw.js').catch(() => 0)</script>", "service_worker"),
    ],
)
def test_permission_requests_are_noted_and_denied(look: Look, page: str, attempt: str) -> None:
    file = answer(body="x", content_type="application/octet-stream")
    rendering = look(f"<h1>Still here</h1>{page}", {"/file": file, "/other": html("x")}).rendering
    assert attempt in rendering.attempts
    assert rendering.text.startswith("Still here")


def test_download_link_opens_nothing_and_is_noted(look: Look) -> None:
    file = answer(body="x", content_type="text/html", content_disposition="attachment; filename=setup.exe")
    rendering = look("", {"/": file}).rendering
    assert (rendering.reason, rendering.attempts) == ("not_opened", ("download",))


def test_http_authentication_is_noted(look: Look) -> None:
    closed = answer(401, "Closed", www_authenticate='Basic realm="x"')
    assert look("", {"/": closed}).rendering.attempts == ("credentials",)


def test_axe_finds_a_missing_alternative_text(look: Look) -> None:
    axe = look(
        '<html lang="en"><title>x</title><main><h1>x</h1><img src="/a.svg"></main>', {"/a.svg": PICTURE}
    ).rendering.axe
    assert axe is not None
    assert [(rule["id"], rule["impact"], rule["nodes"], rule["targets"]) for rule in axe["violations"]] == [
        ("image-alt", "critical", 1, ["img"])
    ]
    assert axe["version"]


def test_incomplete_axe_rules_are_kept_apart(look: Look) -> None:
    unclear = (
        """<html lang="en"><title>x</title><main><h1 style="background: url(/a.svg); color: white">x</h1></main>"""
    )
    axe = look(unclear, {"/a.svg": PICTURE}).rendering.axe
    assert axe is not None
    assert axe["violations"] == []
    assert [rule["id"] for rule in axe["incomplete"]] == ["color-contrast"]


def test_pictures_are_webp_at_two_widths(look: Look) -> None:
    view = look(f"{PHONE_READY}<div style='height: 2000px'>x</div>")
    sizes = {}
    for name, picture in view.pictures.items():
        with Image.open(BytesIO(picture)) as image:
            assert image.format == "WEBP"
            sizes[name] = image.size
    assert sizes == {"wide": (1280, 2016), "phone": (390, 2016)}


def test_very_long_page_is_cropped(look: Look) -> None:
    view = look(f"{PHONE_READY}<div style='height: 100000px'>x</div>")
    assert all(Image.open(BytesIO(picture)).height == 4000 for picture in view.pictures.values())


def test_lazy_content_is_in_the_screenshot(look: Look) -> None:
    page = """<style>body { margin: 0 } #late { height: 600px; margin-top: 2400px }</style><div id="late"></div><script>
        new IntersectionObserver(seen => seen.forEach(s => s.isIntersecting && (s.target.style.background = "red")))
        .observe(late)</script>"""
    with Image.open(BytesIO(look(page).pictures["wide"])) as image:
        red, green, blue = image.convert("RGB").getpixel((640, 2700))  # pyright: ignore[reportGeneralTypeIssues]
    assert red > 200
    assert max(green, blue) < 60


WANTED = [
    Requirement("1", "text", "book A  climb"),
    Requirement("2", "selector", ".price"),
    Requirement("3", "form", ""),
    Requirement("4", "link", "/about"),
    Requirement("5", "image", "our wall"),
    Requirement("6", "text", "nowhere to be found"),
    Requirement("7", "selector", "[["),
    Requirement("8", "https", ""),
    Requirement("9", "text", "too far down"),
]


def test_cuts_show_where_requirements_are_met(look: Look) -> None:
    page = """<div style="height: 500px"></div><p>Book <b>a climb</b></p><p class="price">12</p><form><input name="a"></form>
        <a href="/about">About</a><img src="/a.svg" alt="Our wall"><p style="margin-top: 6000px">Too far down</p>"""
    view = look(page, {"/a.svg": PICTURE}, wanted=WANTED)
    assert sorted(view.cuts) == ["1", "2", "3", "4", "5"]
    with Image.open(BytesIO(view.cuts["5"])) as image:
        assert image.format == "WEBP"
        assert image.size == (448, 348)
        red, green, blue = image.convert("RGB").getpixel((224, 174))  # pyright: ignore[reportGeneralTypeIssues]
    assert red > 200
    assert max(green, blue) < 60


def test_hidden_element_has_no_cut(look: Look) -> None:
    page = '<p class="price" style="display: none">12</p><p class="price">13</p>'
    assert list(look(page, wanted=WANTED).cuts) == ["2"]
    assert look('<p class="price" hidden>12</p>', wanted=WANTED).cuts == {}


PLACES = {
    "hidden words": ("text", "our wall", "<p hidden>Our wall", False),
    "words in a hidden part of what is shown": ("text", "our wall", "<p>Our <b style='display: none'>wall</b>", False),
    "words that are see-through": ("text", "our wall", "<div style='opacity: 0'><p>Our wall</div>", False),
    "words beside the page": ("text", "our wall", "<p style='position: absolute; left: -9999px'>Our wall", False),
    "words for screen readers alone": (
        "text", "our wall", "<p style='position: absolute; width: 1px; height: 1px; overflow: hidden'>Our wall", False,
    ),
    "words over several parts": ("text", "our wall today", "<ul><li>Our <b>wall</b></li><li>today</li></ul>", True),
    "words in other letters": ("text", "STRASSE", "<p>Straße", True),
    "words in a part without a box": ("text", "our wall", "<div style='display: contents'>Our wall</div>", True),
    "words on phones alone": (
        "text", "our wall", "<style>@media (min-width: 500px) { p { display: none } }</style><p>Our wall", True,
    ),
    "a hidden form": ("form", "", "<form hidden><input name=a></form>", False),
    "a form whose fields are hidden": ("form", "", "<form>Ask us<input name=a style='display: none'></form>", False),
    "a form with boxes of its own": (
        "form", "", "<form><label><input type=checkbox name=a style='opacity: 0'>Yes</label></form>", True,
    ),
    "a hidden picture": ("image", "", "<img src=/a.svg alt=Wall style='visibility: hidden'>", False),
    "a drawing": ("image", "the  wall", "<p role=img aria-label='The wall'>#</p>", True),
    "what is never to be seen": ("selector", "meta[name=viewport]", PHONE_READY, True),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "page", "is_seen"), PLACES.values(), ids=PLACES)
def test_invisible_content_is_ignored(look: Look, kind: str, value: str, page: str, is_seen: bool) -> None:
    page = f"<h1>A headline</h1>{PHONE_READY if 'media' in page else ''}{page}"
    seen = look(page, {"/a.svg": PICTURE}, wanted=[Requirement("1", kind, value)]).seen
    assert seen == (frozenset("1") if is_seen else frozenset())


HOSTILE = {
    "lies about what it is made of": """<script>
        PerformanceObserver = performance.getEntriesByType = getComputedStyle = null;
        Object.defineProperty(HTMLElement.prototype, "innerText", {get() { throw new Error("x") }});
        Object.defineProperty(Element.prototype, "scrollWidth", {get: () => 1});
        Document.prototype.querySelectorAll = () => { throw new Error("x") };
        globalThis.prebuilt = {measure: () => ({})}; Array.prototype.map = String.prototype.slice = null;
        </script>""",
    "clobbers the document": """<form name="body"></form><img name="documentElement"><img name="querySelectorAll">
        <img name="createTreeWalker"><img name="title"><form name="querySelector"><input name="attributes"></form>""",
    "sends odd events": """<script>for (let i = 0; i < 1000; i++)
        dispatchEvent(new CustomEvent("prebuilt-attempt", {detail: "x".repeat(1e5) + i}))</script>""",
}


@pytest.mark.parametrize("trick", HOSTILE.values(), ids=HOSTILE)
def test_page_scripts_cannot_change_measurements(look: Look, trick: str) -> None:
    rendering = look(f"<title>Real</title>{PHONE_READY}<body>{trick}<p style='width: 500px'>The truth</p>").rendering
    assert rendering.is_measured
    assert (rendering.title, rendering.text) == ("Real", "The truth")
    assert rendering.lcp_ms is not None
    assert rendering.overflow_px is not None
    assert rendering.overflow_px > 0
    assert rendering.attempts == ()


def test_captured_data_is_bounded(look: Look) -> None:
    page = """<title></title><script>document.title = "t".repeat(1e6); document.documentElement.lang = "l".repeat(1e6);
        for (let i = 0; i < 300; i++) { console.error("e".repeat(1e5)); new Image().src = "/" + i + "x".repeat(1000) }
        document.write(("<p style='font-family: f" + "f".repeat(1000) + "'>" + "x".repeat(1000)).repeat(3000))</script>"""
    view = look(page)
    rendering = view.rendering
    assert rendering.is_measured
    assert len(rendering.title) == 200
    assert len(rendering.text) == 20_000
    assert len(view.html) == 1_000_000
    assert len(json.dumps([rendering.console_errors, rendering.failed_requests, rendering.fonts])) < 50_000


@pytest.mark.parametrize(
    "page",
    [
        "<h1>Gym</h1><script>setTimeout(() => document.body.append('Our wall'), 800)</script>",
        "<h1>Gym</h1><style>@keyframes f { from { opacity: 0 } }</style><p style='animation: f 0.5s 0.8s both'>Our wall",
        "<h1>Gym</h1><p>Our wall</p><script>setInterval(() => document.title += '.', 100)</script>",
    ],
)
def test_content_shown_a_second_later_is_captured(look: Look, fresh: Callable[..., Renderer], page: str) -> None:
    view = look(page, wanted=[Requirement("1", "text", "Our wall")], renderer=fresh(RenderLimits()))
    assert (view.rendering.is_measured, view.seen) == (True, frozenset({"1"}))
    assert "Our wall" in view.rendering.text
