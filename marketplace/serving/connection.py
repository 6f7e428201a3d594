"""uvicorn's HTTP connection, plus timeouts for clients that finish no request or read no answer."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from marketplace.serving.pace import WINDOW_BYTES, WINDOW_SECONDS

HEAD_SECONDS = 15
"""Time to complete a head, from the connection or the first byte of a later request."""
MAX_HEAD_BYTES = 64 * 1024
MOST_WAITING = 32
"""Pipelined requests that may wait for an earlier answer; browsers send none."""
AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: closing drops data in the kernel's buffer for a client that reads nothing."""


class CountedTransport:
    """A transport that counts the bytes written to it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._written = 0

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():  # uvloop raises where asyncio ignores it
            self._written += len(data)
            self._transport.write(data)

    def unsent(self) -> int:
        """Bytes buffered because the client does not read."""
        return self._transport.get_write_buffer_size()

    def taken(self) -> int:
        """Bytes that the kernel has accepted so far."""
        return self._written - self.unsent()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Connection(HttpToolsProtocol):
    """Times heads and answers; bodies are timed where they are read (front.py)."""

    _out: CountedTransport
    _head_timer: asyncio.TimerHandle | None = None
    _look_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    """Bytes since a head began or the last piece of a body: of a head, or of a chunked body's trailer."""
    _is_in_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] (as uvicorn's)
        self._out = CountedTransport(transport)
        super().connection_made(cast(asyncio.Transport, self._out))
        self._await_head()
        self._look(taken=0, unsent=0)

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head_timer, self._look_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        super().data_received(data)
        if len(self.pipeline) > MOST_WAITING:
            self._out.abort()
        elif self._head_bytes > MAX_HEAD_BYTES:
            self._refuse_large()
        elif self._head_timer is None and not self._is_answering():  # empty lines between requests
            self._await_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head = True
        if self._head_timer is None:
            self._await_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Handle a header field; trailer fields after a chunked body are dropped (RFC 9110, 6.5.1)."""
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_head, self._head_bytes = False, 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        super().on_body(body)

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._refuse, b"408 Request Timeout")

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison] (None before the first)

    def _refuse_large(self) -> None:
        if self._is_answering():  # a second head, or the end of a body: both need no reading on
            self._out.abort()
        else:
            self._refuse(b"431 Request Header Fields Too Large")

    def _refuse(self, status: bytes) -> None:
        """Answer with `status` and hang up, without cutting off the answer to an earlier request on this connection."""
        self._head_timer = None
        if self._is_answering():
            self._await_head()
        elif not self._out.is_closing():
            if self._is_in_head:
                self._out.write(b"HTTP/1.1 %b\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % status)
            self._out.close()

    def _look(self, *, taken: int, unsent: int) -> None:
        """Every 15 s: hang up on a client that read less than 1 KB/s of the available bytes."""
        if unsent and self._out.taken() - taken < min(unsent, WINDOW_BYTES):
            self._out.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            self._out.abort()
            return
        self._look_timer = self.loop.call_later(WINDOW_SECONDS, self._look_again, self._out.taken(), self._out.unsent())

    def _look_again(self, taken: int, unsent: int) -> None:
        self._look(taken=taken, unsent=unsent)
