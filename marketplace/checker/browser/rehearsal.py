"""The password rehearsal: type a made-up password at the end of a visit, and record where the page would send it.

Nothing is sent: every request is recorded and aborted, and the proxy blocks the rest.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from base64 import b64encode
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from playwright.async_api import CDPSession, Error, Page, Route, WebSocket
from pydantic import ValidationError

from marketplace.checker.browser.busyness import Busyness
from marketplace.checker.browser.observer import NoAnswer, Observer
from marketplace.checker.browser.protocol import send
from marketplace.checker.browser.proxy import Proxy

SECONDS = 2.5
"""For all of it; this and the waits below are stretched on a busy machine."""
RESPONSE_SECONDS = 0.4
"""Seconds for a page to send something after a key or button press."""
WARM_UP_SECONDS = 0.25
"""Seconds for a page to open WebSockets on first interaction, before any password is typed."""
MAX_ORIGINS = 20
MAX_ORIGIN = 300
"""Characters."""
MAX_MESSAGE = 200_000
"""Characters or bytes scanned of one message, and of one URL."""
MAX_SCANNED_BYTES = 4_000_000
"""Cap on bytes scanned in the password rehearsal: scanning delays other checks."""
COMPLEXITY_SUFFIX = "!Aa9"
"""Appended to the secret, for pages that demand capitals, digits and symbols."""


class Rehearsal:
    """The rehearsal of one page; create it before navigation, since sockets are observed from the start."""

    def __init__(self, page: Page, session: CDPSession, observer: Observer, proxy: Proxy, busyness: Busyness) -> None:
        self._page, self._session, self._observer, self._proxy = page, session, observer, proxy
        self._busyness = busyness
        self._secret = f"Q{secrets.token_hex(8)}"
        self._encodings = encodings_of(self._secret)
        self._origins: dict[str, None] = {}
        self._secret_sent = asyncio.Event()
        self._is_typing = False
        self._bytes_left = MAX_SCANNED_BYTES
        self._known_socket_origins: set[str] = set()
        page.on("websocket", self._on_socket)

    async def forms(self) -> int:
        """How many of the page's forms ask for a password; 0 when that is unknown."""
        with contextlib.suppress(Error, NoAnswer, ValidationError):
            return await self._observer.load_password_forms()
        return 0

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins to which the page tried to send the password so far."""
        return tuple(self._origins)

    async def run(self, forms: int) -> None:
        """Fill in and submit the forms, within SECONDS; never raises."""
        with contextlib.suppress(Error, TimeoutError, NoAnswer, ValidationError):
            async with self._busyness.timeout(SECONDS):
                await self._open_idle_sockets()
                await self._block_requests()
                for number in range(forms):
                    await self._submit_form(number)

    async def _open_idle_sockets(self) -> None:
        """Interact with the page before a password is typed, while it may still connect.

        WebSockets opened now, as by a chat, then count only for what they carry.
        """
        self._session.on("Network.webSocketCreated", self._on_socket_created)
        await send(self._session, "Network.enable")
        await self._observer.focus_password_field()
        await self._press_key(key="Shift", code="ShiftLeft", windowsVirtualKeyCode=16)
        await asyncio.sleep(self._busyness.stretched(WARM_UP_SECONDS))

    async def _block_requests(self) -> None:
        self._proxy.block_all()
        await self._page.context.route("**/*", self._on_request)
        self._is_typing = True

    async def _submit_form(self, number: int) -> None:
        """Fill in one form and submit it: by the return key, by its button, and by script."""
        self._secret_sent.clear()
        if await self._observer.fill_form(number, self._secret + COMPLEXITY_SUFFIX):
            await send(self._session, "Input.insertText", text=self._secret + COMPLEXITY_SUFFIX)
            await self._press_key(key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
            if await self._is_secret_sent():
                return
        if place := await self._observer.button_position(number):
            await self._press(*place)
            if await self._is_secret_sent():
                return
        await self._observer.submit(number)
        await self._is_secret_sent()

    async def _press_key(self, **key: str | int) -> None:
        await send(self._session, "Input.dispatchKeyEvent", type="keyDown", **key)
        await send(self._session, "Input.dispatchKeyEvent", type="keyUp", **key)

    async def _press(self, x: float, y: float) -> None:
        at = {"x": x, "y": y, "button": "left", "clickCount": 1}
        await send(self._session, "Input.dispatchMouseEvent", type="mousePressed", **at)
        await send(self._session, "Input.dispatchMouseEvent", type="mouseReleased", **at)

    async def _is_secret_sent(self) -> bool:
        with contextlib.suppress(TimeoutError):
            async with self._busyness.timeout(RESPONSE_SECONDS):
                await self._secret_sent.wait()
        return self._secret_sent.is_set()

    # Events of the page

    async def _on_request(self, route: Route) -> None:
        with contextlib.suppress(Error):
            self._scan(route.request.url, route.request.post_data_buffer or b"")
        with contextlib.suppress(Error):
            await route.abort("aborted")

    def _on_socket(self, socket: WebSocket) -> None:
        self._note_socket_origin(socket.url)
        socket.on("framesent", lambda said: self._scan(socket.url, said))

    def _on_socket_created(self, event: dict[str, Any]) -> None:
        """A new socket is blocked before it can send, so opening it counts, unless its origin was known before."""
        url: str = event["url"]
        self._scan(url, b"")
        if not self._is_typing:
            self._note_socket_origin(url)
        elif _origin(url) not in self._known_socket_origins:
            self._add_origin(url)

    def _note_socket_origin(self, url: str) -> None:
        if len(self._known_socket_origins) < MAX_ORIGINS:
            self._known_socket_origins.add(_origin(url))

    def _scan(self, url: str, said: str | bytes) -> None:
        if not self._is_typing or self._bytes_left <= 0:  # skip the cost before there is a password to find
            return
        address, piece = url[:MAX_MESSAGE].encode(errors="replace"), said[:MAX_MESSAGE]
        body = piece if isinstance(piece, bytes) else piece.encode(errors="replace")
        self._bytes_left -= len(address) + len(body)
        heard = b" ".join((unquote_to_bytes(address), body, unquote_to_bytes(body)))
        if any(shape in heard for shape in self._encodings):
            self._add_origin(url)

    def _add_origin(self, url: str) -> None:
        if len(self._origins) < MAX_ORIGINS:
            self._origins[_origin(url)] = None
        self._secret_sent.set()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"[:MAX_ORIGIN]


def encodings_of(secret: str) -> tuple[bytes, ...]:
    """The secret in the encodings that are searched for: plain, reversed, hexadecimal, within base64."""
    plain = secret.encode()
    inside = (b64encode(bytes(shift) + plain)[-(-shift * 8 // 6) : (shift + len(plain)) * 8 // 6] for shift in range(3))
    return plain, plain[::-1], plain.hex().encode(), *inside
