"""One HTTP/1.1 exchange: phases timed, budgets enforced, TLS verified for the name."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast

import httptools

from marketplace.checker.fetch.certificates import Secure, TlsFailed
from marketplace.checker.fetch.content_decoding import Decoder, Identity, TooMuch, decoder_for
from marketplace.checker.fetch.result import FetchLimits, FetchProblem, Tls

SLICE = 4096
"""Bytes given to a decoder at once: small, so that a bomb's ratio is known when it exceeds the budget."""
BOMB_RATIO = 100
"""A body beyond its budget that unpacked to more than this many times what was sent."""
MAX_HANDSHAKE = 256 * 1024
"""Bytes of TLS before the first of HTTP."""
MAX_LOOP_LAG = 0.5
"""Seconds that the event loop may be late before a time-out counts as our own fault."""
KEPT = frozenset({
    b"content-type", b"content-encoding", b"content-length", b"transfer-encoding", b"location", b"retry-after",
    b"cf-mitigated", b"content-disposition",
})  # fmt: skip


_SPENT = httptools.HttpResponseParser(None)


@dataclass(slots=True)
class Reply:
    """The response as far as it arrived, and the problem that ended it early, if any."""

    status: int | None = None
    headers: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    body: bytes = b""
    wire_bytes: int = 0
    cut: bool = False
    tls: Tls | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float = 0.0
    problem: FetchProblem | None = None
    detail: str = ""

    def header(self, name: bytes) -> str:
        """A header's value as text, empty without one."""
        value = self.headers.get(name, b"")
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.decode("latin-1")


class Exchange(asyncio.Protocol):
    """The state of one exchange; the event loop calls it with what arrives."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, request: bytes, limits: FetchLimits, tls: Secure | None
    ) -> None:
        self.reply = Reply()
        self.done: asyncio.Future[None] = loop.create_future()
        self._request, self._limits = request, limits
        self._started = self._phase = perf_counter()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._decoder: Decoder = Identity()
        self._pieces: list[bytes] = []
        self._decoded = self._received = self._header_bytes = self._header_count = 0
        self._headers_complete = self._until_close = False
        self._tls = tls
        self._shaking_hands = tls is not None

    # How an exchange ends

    def finish(self, problem: FetchProblem | None = None, detail: str = "") -> None:
        """End the exchange, with or without a problem; later events are ignored."""
        if self.done.done():
            return
        self.reply.problem, self.reply.detail = problem, detail[:300]
        self.reply.body = b"".join(self._pieces)
        self.reply.total_ms = self._ms_since(self._started)
        self.done.set_result(None)
        self.close()

    def expire(self, due: float) -> None:
        """Time out once what has arrived is read; called long after `due`, it is our own fault."""
        is_ours = perf_counter() - due > MAX_LOOP_LAG
        self.done.get_loop().call_later(0, self._give_up, is_ours)

    def _give_up(self, is_ours: bool) -> None:
        """Time out, with the phase as the problem."""
        if is_ours:
            self.finish(FetchProblem.OWN_FAULT, "the checker was too busy to read")
        elif self._shaking_hands:
            self.finish(FetchProblem.TLS_TIMEOUT if self._transport else FetchProblem.CONNECT_TIMEOUT)
        elif self._headers_complete:
            self.finish(FetchProblem.SLOW_BODY)
        else:
            self.finish(FetchProblem.SLOW_HEADERS if self._received else FetchProblem.SILENT)

    def close(self) -> None:
        """Abort the connection, and break reference cycles."""
        if self._tls:
            self._tls.close()
        self._parser, self._tls = _SPENT, None
        if self._transport:
            self._transport.abort()

    def _ms_since(self, moment: float) -> float:
        return round((perf_counter() - moment) * 1000, 2)

    def _next_phase(self) -> float:
        taken, self._phase = self._ms_since(self._phase), perf_counter()
        return taken

    # What the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.reply.connect_ms = self._next_phase()
        if self.done.done():
            self.close()
        elif self._tls:
            self._shake_hands(self._tls)
        else:
            self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self.done.done():
            return
        if not self._tls:
            self._feed(data)
            return
        tls = self._tls
        tls.receive(data)
        try:
            if self._shaking_hands:
                self._received += len(data)
                self._shake_hands(tls)
                return  # data before our request is read with the response
            while not self.done.done() and (plain := tls.read()):
                self._feed(plain)
        except TlsFailed as failure:
            self._flush(tls)
            self.finish(failure.problem, str(failure))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._headers_complete and self._until_close and not exc:
            self.finish()
        elif self._shaking_hands:
            self.finish(FetchProblem.TLS_FAILED, str(exc or "closed during the handshake"))
        elif self._headers_complete:
            self.finish(FetchProblem.CONNECTION_LOST if exc else FetchProblem.WRONG_LENGTH, str(exc or ""))
        else:
            self.finish(FetchProblem.CONNECTION_LOST if exc else FetchProblem.NO_RESPONSE, str(exc or ""))

    # TLS

    def _shake_hands(self, tls: Secure) -> None:
        if self._received > MAX_HANDSHAKE:
            raise TlsFailed(FetchProblem.TLS_FAILED, "handshake too long")
        if certificate := tls.shake_hands():
            self._shaking_hands, self._received = False, 0
            self.reply.tls, self.reply.tls_ms = certificate, self._next_phase()
            tls.write(self._request)
        self._flush(tls)

    def _flush(self, tls: Secure) -> None:
        if self._transport and (data := tls.to_send()):
            self._transport.write(data)

    # HTTP

    def _feed(self, data: bytes) -> None:
        if not self._received:
            self.reply.first_byte_ms = self._next_phase()
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            self.finish(FetchProblem.BAD_ENCODING, str(error.__context__ or error))
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.finish(FetchProblem.NOT_HTTP, str(error))
        limits = self._limits
        header_bytes = self._header_bytes if self._headers_complete else self._received
        if header_bytes > limits.header_bytes or self._header_count > limits.headers:
            self.finish(FetchProblem.HEADERS_TOO_BIG)
        elif self._received > limits.header_bytes + 2 * limits.body_bytes:
            self.reply.cut = True  # framing around next to no body
            self.finish()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count every header; keep those in KEPT, and all values of Content-Encoding."""
        if self.done.done():
            return
        self._header_bytes += len(name) + len(value) + 4
        self._header_count += 1
        if not self._headers_complete and (name := name.lower()) in KEPT:
            before = self.reply.headers.get(name)
            if before is None:
                self.reply.headers[name] = value
            elif name == b"content-encoding":
                self.reply.headers[name] = before + b"," + value

    def on_headers_complete(self) -> None:
        """Choose the decoder; the body of a redirect isn't read."""
        if self.done.done():
            return
        reply, status = self.reply, self._parser.get_status_code()
        if 100 <= status < 200:
            reply.headers.clear()
            return
        self._headers_complete = True
        reply.status = status
        self._until_close = b"content-length" not in reply.headers and b"transfer-encoding" not in reply.headers
        if 300 <= status < 400 and b"location" in reply.headers:
            self.finish()
            return
        decoder = decoder_for(reply.header(b"content-encoding"), self._limits.body_bytes)
        if decoder is None:
            self.finish(FetchProblem.UNREADABLE_ENCODING, reply.header(b"content-encoding"))
        else:
            self._decoder = decoder

    def on_body(self, data: bytes) -> None:
        """Decode in slices and stop at the budget."""
        size = len(data) if isinstance(self._decoder, Identity) else SLICE
        for start in range(0, len(data), size):
            if self.done.done():
                return
            part = data[start : start + size]
            self.reply.wire_bytes += len(part)
            try:
                for piece in self._decoder.pieces(part):
                    self._decoded += len(piece)
                    self._pieces.append(piece)
                    if self._decoded > self._limits.body_bytes:
                        self._cut()
                        return
            except TooMuch:
                self.reply.cut = True
                self.finish(FetchProblem.BOMB)
                return
            if self.reply.wire_bytes > self._limits.body_bytes:
                self._cut()

    def _cut(self) -> None:
        excess = self._decoded - self._limits.body_bytes
        if excess > 0:
            self._pieces[-1] = self._pieces[-1][:-excess]
        self.reply.cut = True
        self.finish(FetchProblem.BOMB if self._decoded > BOMB_RATIO * self.reply.wire_bytes else None)

    def on_message_complete(self) -> None:
        """End the exchange, unless this was an interim response (1xx)."""
        if self._headers_complete:
            self.finish()
