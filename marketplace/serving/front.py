"""Buffer the whole request before the application sees it, and the answer while the client reads it.

The application occupies a thread only while it computes, not while the client sends or reads.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import Any

from marketplace.serving.environ import environ_of
from marketplace.serving.pace import Pace

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Spool = SpooledTemporaryFile[bytes]
log = logging.getLogger(__name__)

IN_MEMORY = 64 * 1024
"""Bytes of a body or an answer held in memory; larger ones go to a temporary file."""
PIECE = 64 * 1024
CLOSE = (b"connection", b"close")
LINGER_SECONDS = 30
"""Seconds to read on after refusing a body, since many clients read the answer only after sending everything."""
MOST_HELD = 1024**3
"""Bytes of all bodies that a process holds, most on disk; beyond it, only requests with a large body are refused."""
TOO_SLOW = b"The request came in too slowly: less than 15 KB in 15 seconds.\n"
NO_ROOM = b"Too much is being uploaded at the moment. Try again in a minute.\n"


class TooSlow(Exception):
    """The body arrives too slowly (pace.py)."""


class NoRoom(Exception):
    """All bodies together exceed the limit, or the disk is full."""


class Gone(Exception):
    """The client hung up within its body."""


@dataclass
class Body:
    """A received body, and how many bytes of it are held."""

    spool: Spool
    held: int = 0


@dataclass
class Answer:
    """The application's complete answer."""

    body: Spool
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])
    length: int = 0

    def start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], Any]:
        """The WSGI `start_response`."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
        return self.body.write

    def complete(self) -> None:
        """Everything is written: set Content-Length, so that no client needs to support chunks."""
        self.length = self.body.tell()
        self.body.seek(0)
        if self.length and not any(name == b"content-length" for name, _ in self.headers):
            self.headers.append((b"content-length", str(self.length).encode()))


class Front:
    """An ASGI application around a WSGI one, which gets bodies of at most `limit` bytes with a known length."""

    def __init__(self, app: Wsgi, *, limit: int, threads: int = 1) -> None:
        self.app = app
        self.limit = limit
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self.held = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        with self._room() as body:
            try:
                length = await self._take_in(scope, receive, body)
            except TooSlow:
                await _refuse(send, 408, TOO_SLOW)
                return
            except NoRoom:
                await _refuse(send, 503, NO_ROOM, listen_on=receive)
                return
            except Gone:
                return
            environ = environ_of(scope, body.spool, length)
            answer = await asyncio.get_running_loop().run_in_executor(self.threads, self._ask, environ)
        with answer.body:
            refused = length > self.limit
            await _give_out(answer, send, closing=refused)
        if refused:
            await _listen_on(receive)
        await send({"type": "http.response.body"})

    async def _take_in(self, scope: Message, receive: Receive, body: Body) -> int:
        """Read the body, up to the limit; return its length, as declared or as received.

        Raises TooSlow, NoRoom, Gone.
        """
        length = 0
        async for piece in _pieces(receive):
            self._keep(piece[: self.limit - length], body)
            length += len(piece)
            if length > self.limit:
                break
        body.spool.seek(0)
        return max(length, _declared(scope))

    @contextmanager
    def _room(self) -> Generator[Body]:
        """Storage of one body until its request is answered."""
        with Spool(IN_MEMORY) as spool:
            body = Body(spool)
            try:
                yield body
            finally:
                self.held -= body.held

    def _keep(self, piece: bytes, body: Body) -> None:
        """Store a piece; raises NoRoom, except for bodies that fit into memory."""
        self.held += len(piece)
        body.held += len(piece)
        if self.held > MOST_HELD and body.held > IN_MEMORY:
            raise NoRoom
        try:
            body.spool.write(piece)
        except OSError as error:
            log.warning("a body finds no room on the disk: %s", error)
            raise NoRoom from error

    def _ask(self, environ: dict[str, Any]) -> Answer:
        """Run the application (in a thread) and return its answer."""
        answer = Answer(Spool(IN_MEMORY))
        pieces = self.app(environ, answer.start)
        try:
            for piece in pieces:
                answer.body.write(piece)
        finally:
            if close := getattr(pieces, "close", None):
                close()
        answer.complete()
        return answer


def _declared(scope: Message) -> int:
    return next((int(value) for name, value in scope["headers"] if name == b"content-length"), 0)


async def _pieces(receive: Receive) -> AsyncGenerator[bytes]:
    """Yield the body as it arrives. Raises TooSlow, Gone."""
    loop = asyncio.get_running_loop()
    pace = Pace(loop.time())
    more = True
    while more:
        try:
            async with asyncio.timeout_at(pace.ends):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        if message["type"] == "http.disconnect":
            raise Gone
        piece, more = message.get("body", b""), message.get("more_body", False)
        pace.arrived(loop.time(), len(piece))
        yield piece


async def _give_out(answer: Answer, send: Send, *, closing: bool) -> None:
    """Send everything but the end of the answer."""
    headers = [*answer.headers, CLOSE] if closing else answer.headers
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    while piece := answer.body.read(PIECE):
        await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _listen_on(receive: Receive) -> None:
    """Read and drop what the client still sends."""
    with suppress(TooSlow, Gone, TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            async for _ in _pieces(receive):
                pass


async def _refuse(send: Send, status: int, text: bytes, *, listen_on: Receive | None = None) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode()), CLOSE]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text, "more_body": True})
    if listen_on:
        await _listen_on(listen_on)
    await send({"type": "http.response.body"})
