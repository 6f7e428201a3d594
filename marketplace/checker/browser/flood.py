"""Stops pages that flood us with events: each event costs time that other checks need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from playwright.async_api import Page, WebSocket

LIMITS = {"console": 2_000, "pageerror": 2_000, "request": 3_000, "websocket": 200, "frame": 5_000}
"""Event -> how many of them one visit may cause; a frame is a WebSocket message, sent or received."""
MAX_FRAME_BYTES = 25 * 1024 * 1024
"""Characters or bytes in all WebSocket messages, as much as a page may weigh."""
LIMIT_MESSAGES = {
    "console": "wrote more than 2,000 lines to its console",
    "pageerror": "had more than 2,000 script errors",
    "request": "asked for more than 3,000 files",
    "websocket": "opened more than 200 sockets",
    "frame": "sent or got more than 5,000 messages, or 25 MB, by its sockets",
}


class Flood:
    """Counts one page's events for as long as the page exists."""

    def __init__(self, page: Page, end: Callable[[str], None]) -> None:
        """`end`: called with what the page did, in words that follow "The page"."""
        self._counts: Counter[str] = Counter()
        self._frame_bytes = 0
        self._end = end
        page.on("console", lambda _: self._count("console"))
        page.on("pageerror", lambda _: self._count("pageerror"))
        page.on("request", lambda _: self._count("request"))
        page.on("websocket", self._on_socket)

    def _on_socket(self, socket: WebSocket) -> None:
        self._count("websocket")
        socket.on("framesent", self._on_frame)
        socket.on("framereceived", self._on_frame)

    def _on_frame(self, said: str | bytes) -> None:
        self._frame_bytes += len(said)
        self._count("frame")

    def _count(self, what: str) -> None:
        self._counts[what] += 1
        if self._counts[what] > LIMITS[what] or self._frame_bytes > MAX_FRAME_BYTES:
            self._end(LIMIT_MESSAGES[what])
