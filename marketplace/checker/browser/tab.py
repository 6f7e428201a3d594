"""One page in one tab: opened, measured, screenshots at two widths; each step's result is kept."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import re
from collections.abc import Generator, Mapping, Sequence
from itertools import islice

from playwright.async_api import (
    CDPSession,
    ConsoleMessage,
    Dialog,
    Download,
    Error,
    Frame,
    Page,
    Request,
    Response,
)
from playwright.async_api import TimeoutError as PlaywrightTimeout
from pydantic import ValidationError

from marketplace.checker.audits.hosts import is_same_origin
from marketplace.checker.browser.busyness import Busyness
from marketplace.checker.browser.capture import Capture, Stopped, run_until_ended
from marketplace.checker.browser.flood import Flood
from marketplace.checker.browser.limits import PHONE, WIDE, RenderLimits
from marketplace.checker.browser.observer import Box, NoAnswer, Observer
from marketplace.checker.browser.protocol import send
from marketplace.checker.browser.proxy import PROXY_HEADER, Proxy
from marketplace.checker.browser.rehearsal import Rehearsal
from marketplace.checker.browser.screenshots import JPEG_QUALITY, as_webp, cut_out
from marketplace.checker.browser.virtual_time import run_virtual_time
from marketplace.checker.fetch.page_text import storable
from marketplace.checker.guard.address import MAX_URL
from marketplace.checker.spec import Requirement

log = logging.getLogger(__name__)

LOCATABLE_KINDS = frozenset({"text", "selector", "form", "link", "image"})
"""Kinds of requirement that are met at a box on the page."""
MAX_NOTED = 50
"""Console errors and failed requests."""
MAX_NOTED_CHARS = 300
"""Characters of each."""
MAX_CUTS = 20
NAVIGATION_SECONDS = 1.0
"""Seconds to wait for the navigation event, when a page stops answering because it navigates."""
_FAILURE = re.compile(r"net::ERR_\w+")
_PROXY_FAILURE = "net::ERR_PROXY_CONNECTION_FAILED"


class Tab:
    """Visits one page for one check."""

    def __init__(self, page: Page, session: CDPSession, proxy: Proxy, limits: RenderLimits, busyness: Busyness) -> None:
        self.capture = Capture()
        self.ended: asyncio.Future[Stopped] = asyncio.get_running_loop().create_future()
        """Set when the visit has to end early."""
        self._page, self._session, self._proxy, self._limits = page, session, proxy, limits
        self._busyness = busyness
        self._observer = Observer(session, busyness)
        self._rehearsal = Rehearsal(page, session, self._observer, proxy, busyness)
        Flood(page, lambda deed: self._end("not_opened", f"The page {deed} while our browser looked at it."))
        self._open_requests: set[Request] = set()
        self._documents: set[str] = set()
        self._popups = 0
        self._last_request = 0.0
        self._listen()

    # Events of the page

    def _listen(self) -> None:
        page = self._page
        page.on("request", self._on_request)
        page.on("requestfinished", self._on_request_finished)
        page.on("requestfailed", self._on_request_failed)
        page.on("response", self._on_response)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._on_page_error(f"Uncaught {error.name}: {error.message}"))
        page.on("framenavigated", self._on_navigation)
        page.on("dialog", self._on_dialog)
        page.on("download", self._on_download)
        page.on("crash", lambda _: self._end("crashed", "The page's tab crashed in our browser; we will look again."))
        page.context.on("page", self._on_popup)

    def _end(self, reason: str, sentence: str) -> None:
        if not self.ended.done():
            self.ended.set_result(Stopped(reason, sentence))

    def _note_attempt(self, what: str) -> None:
        self.capture.attempts[what] = None

    def _on_navigation(self, frame: Frame) -> None:
        """A page may navigate anywhere before it is captured; afterwards only within its origin."""
        is_page, there = frame.parent_frame is None, self.capture.url
        if is_page and there and not is_same_origin(frame.url, there):
            self.capture.left = True
            self._end("not_opened", "The page moved on to another site while our browser looked at it.")

    def _on_request(self, request: Request) -> None:
        self.capture.requests += 1
        self._open_requests.add(request)
        self._last_request = asyncio.get_running_loop().time()

    def _on_request_finished(self, request: Request) -> None:
        self._open_requests.discard(request)
        self._last_request = asyncio.get_running_loop().time()

    def _on_request_failed(self, request: Request) -> None:
        self._on_request_finished(request)
        why = request.failure or ""
        if why == _PROXY_FAILURE:
            self._end("own_fault", "Our checker's way to the network broke; this says nothing about the page.")
        elif why != "net::ERR_ABORTED":  # cancelled by the page itself
            self._note_failed_request(request.url, _error_words(why))

    def _on_download(self, download: Download) -> None:
        if download.url not in self._documents:
            self._note_attempt("download")

    def _on_response(self, response: Response) -> None:
        if is_displayable(response.headers) and len(self._documents) < MAX_NOTED:
            self._documents.add(response.url)
        if response.status == 401 and "www-authenticate" in response.headers:
            self._note_attempt("credentials")
        if response.status >= 400:
            ours = PROXY_HEADER in response.headers
            self._note_failed_request(response.url, "it couldn't be reached" if ours else f"answered {response.status}")

    def _note_failed_request(self, url: str, why: str) -> None:
        if len(self.capture.failed_requests) < MAX_NOTED and not self._proxy.has_refused(url):
            if self._proxy.is_over_budget:
                why = f"the page is larger than {self._limits.bytes // 1024 // 1024} MB"
            self.capture.failed_requests.append({"url": storable(url[:MAX_NOTED_CHARS]), "why": why[:MAX_NOTED_CHARS]})

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):  # counted as requests
            self._on_page_error(message.text)
        elif message.type == "warning" and message.text.startswith("Service Worker registration blocked"):
            self._note_attempt("service_worker")

    def _on_page_error(self, text: str) -> None:
        if len(self.capture.console_errors) < MAX_NOTED:
            self.capture.console_errors.append(storable(text[:MAX_NOTED_CHARS]))

    async def _on_dialog(self, dialog: Dialog) -> None:
        self._note_attempt("dialog")
        with contextlib.suppress(Error):
            await dialog.dismiss()

    async def _on_popup(self, page: Page) -> None:
        self._note_attempt("popup")
        self._popups += 1
        if self._popups > self._limits.popups:
            self._end("not_opened", f"The page opened more than {self._limits.popups} windows; we left it.")
        with contextlib.suppress(Error):
            await page.close()

    # Steps of the visit

    async def visit(self, url: str, wanted: Sequence[Requirement]) -> None:
        """Run all steps; raises Stopped, or Playwright's Error when the tab or browser dies."""
        try:
            await self._capture_and_probe(url, wanted)
        except (Error, NoAnswer):
            await asyncio.wait((self.ended,), timeout=self._busyness.stretched(NAVIGATION_SECONDS))
            if self.ended.done():
                raise self.ended.result() from None
            raise

    async def _capture_and_probe(self, url: str, wanted: Sequence[Requirement]) -> None:
        """Capture the page, then probe it."""
        try:
            await self._capture_page(url, wanted)
        finally:
            self.capture.bytes, self.capture.refused = self._proxy.bytes, self._proxy.refused
        await self._probe()

    async def _capture_page(self, url: str, wanted: Sequence[Requirement]) -> None:
        await self._observer.watch()
        await self._go(url)
        await self._wait_for_idle(self._limits.idle_wait_seconds)
        with contextlib.suppress(Error, NoAnswer):  # it may navigate meanwhile
            await self._observer.wait_until_stable(self._limits.stable_wait_seconds)
        await self._wait_for_idle(1.0)
        self.capture.url = self._final_url()
        self.capture.metrics = await self._observer.metrics()
        self.capture.html = await self._observer.html()
        await self._photograph_wide(wanted)
        with _optional("axe"):
            self.capture.axe = await self._observer.audit(self._limits.axe_seconds)
        await self._photograph_phone(wanted)

    async def _probe(self) -> None:
        """Run the password rehearsal or virtual time; only password destinations and delayed attempts are recorded."""
        kept, self.capture = self.capture, Capture()
        self.ended = asyncio.get_running_loop().create_future()
        try:
            with contextlib.suppress(Stopped):
                await run_until_ended(self._probe_passwords_or_timers(kept), self.ended)
        finally:
            kept.sent_to = self._rehearsal.origins

    async def _probe_passwords_or_timers(self, kept: Capture) -> None:
        forms = await self._rehearsal.forms()
        if not forms:  # a page may show its password field on wide windows only
            with contextlib.suppress(Error):
                await self._resize(WIDE, is_phone=False)
            forms = await self._rehearsal.forms()
        if forms:
            self._page.context.remove_listener("page", self._on_popup)  # a form may submit in a new window
            await self._rehearsal.run(forms)
        else:
            await run_virtual_time(self._page, self._session, self._proxy, self._busyness)
            kept.attempts |= self.capture.attempts

    async def _go(self, url: str) -> None:
        milliseconds = self._busyness.stretched(self._limits.load_seconds) * 1000
        try:
            response = await self._page.goto(url, wait_until="commit", timeout=milliseconds)
        except PlaywrightTimeout as error:
            raise Stopped("timed_out", "The page didn't answer our browser in time.") from error
        except Error as error:
            raise self._not_opened(error) or error from error
        if response and PROXY_HEADER in response.headers:
            raise Stopped("not_opened", self._refusal() or "Our browser couldn't reach the page.")
        with contextlib.suppress(PlaywrightTimeout):
            await self._page.wait_for_load_state("load", timeout=milliseconds)

    def _not_opened(self, error: Error) -> Stopped | None:
        """Why the page didn't open, or None when the browser failed rather than the page."""
        if _PROXY_FAILURE in error.message:
            return Stopped("own_fault", "Our checker's way to the network broke; this says nothing about the page.")
        if "download" in self.capture.attempts or "Download is starting" in error.message:
            self._note_attempt("download")  # its event may come after the error
            return Stopped("not_opened", "The link downloads a file instead of opening a page.")
        failure = _FAILURE.search(error.message)
        if not failure:
            return None
        why = self._refusal() or f"Our browser couldn't open the page: {_error_words(failure[0])}."
        return Stopped("not_opened", why)

    def _refusal(self) -> str:
        """The sentence of the guard's last refusal; empty without one."""
        return self._proxy.refused[-1]["why"] if self._proxy.refused else ""

    def _final_url(self) -> str:
        """The page's final URL; raises Stopped when it ended at an error page or a refused URL."""
        url = self._page.url
        if url.startswith("chrome-error:") or self._proxy.has_refused(url):
            raise Stopped("not_opened", self._refusal() or "The page went on to an address that can't be opened.")
        return url[:MAX_URL]

    async def _wait_for_idle(self, seconds: float) -> None:
        """Wait until no request was made for `idle_seconds`, for `seconds` at most."""
        now, idle = asyncio.get_running_loop().time, self._busyness.stretched(self._limits.idle_seconds)
        end = now() + self._busyness.stretched(seconds)
        while now() < end and (self._open_requests or now() - self._last_request < idle):  # noqa: ASYNC110 (silence has no event)
            await asyncio.sleep(0.05)

    async def _photograph_wide(self, wanted: Sequence[Requirement]) -> None:
        await self._observer.scroll_through(self._limits.screenshot_height)
        await self._wait_for_idle(1.0)
        height = min(max(await self._observer.height(), WIDE[1]), self._limits.screenshot_height)
        boxes = await self._locate(wanted)
        picture = await self._photograph(WIDE[0], height)
        self.capture.pictures["wide"] = picture
        with _optional("cuts"):
            self.capture.cuts = await asyncio.to_thread(cut_out, picture, dict(islice(boxes.items(), MAX_CUTS)))

    async def _locate(self, wanted: Sequence[Requirement]) -> dict[str, Box]:
        """Boxes where requirements not yet seen met are met, by id."""
        seen = self.capture.seen or frozenset()
        lines = [line for line in wanted if line.kind in LOCATABLE_KINDS and line.id not in seen]
        places = await self._observer.locate([(line.kind, line.value) for line in lines]) if lines else []
        boxes = {line.id: place for line, place in zip(lines, places, strict=True) if place}
        self.capture.seen = seen | boxes.keys()
        return boxes

    async def _photograph_phone(self, wanted: Sequence[Requirement]) -> None:
        """Resize the same document to a phone's width; it isn't loaded again."""
        width, height = PHONE
        await self._resize(PHONE, is_phone=True)
        await self._observer.wait_for_paint()
        await self._wait_for_idle(1.0)
        self.capture.overflow_px = overflow = await self._observer.overflow(width)
        await self._locate(wanted)
        whole = min(await self._observer.height(), self._limits.screenshot_height)
        # Phones zoom out until the whole width of a page fits.
        self.capture.pictures["phone"] = await self._photograph(width + overflow, max(whole, height), shown_width=width)

    async def _resize(self, size: tuple[int, int], *, is_phone: bool) -> None:
        window = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": is_phone}
        await send(self._session, "Emulation.setDeviceMetricsOverride", **window)

    async def _photograph(self, width: int, height: int, shown_width: int | None = None) -> bytes:
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": (shown_width or width) / width}
        answer = await send(
            self._session,
            "Page.captureScreenshot",
            format="jpeg",  # Chromium takes four times as long as Pillow to write WebP
            quality=JPEG_QUALITY,
            clip=clip,
            captureBeyondViewport=True,
        )
        return await asyncio.to_thread(as_webp, base64.b64decode(answer["data"]))


@contextlib.contextmanager
def _optional(part: str) -> Generator[None]:
    """Run an optional step whose failure is logged."""
    try:
        yield
    except (TimeoutError, NoAnswer, ValidationError, OSError, ValueError) as error:
        log.info("left out %s: %.300s", part, error)


def is_displayable(headers: Mapping[str, str]) -> bool:
    """Whether a visitor's browser displays it: our headless one has no PDF viewer and downloads it."""
    kind, how = headers.get("content-type", ""), headers.get("content-disposition", "")
    return kind.lower().startswith("application/pdf") and not how.lower().lstrip().startswith("attachment")


def _error_words(failure: str) -> str:
    """Chromium's error in words: net::ERR_CONNECTION_RESET is "connection reset"."""
    if "TUNNEL" in failure:
        return "it couldn't be reached"
    return failure.removeprefix("net::ERR_").replace("_", " ").lower() or "it failed"
