"""Small real HTTP(S) servers on loopback, each in its own thread, with the behaviour that a test needs.

    with site(html("<h1>Hello</h1>")) as hello:                       # the same answer to everything
    with site({"/": html("<h1>Hello</h1>"), "/old": redirect("/")}) as shop:   # by path; anything else is a 404
    with site(lambda request: html(request.headers["host"])) as echo:         # computed from the request
    with site(lambda request: drip(b"x", every=0.1)) as slow:                  # piece by piece

An answer is the raw response as bytes, an async iterator of its pieces, or None for a server that never answers.
The block's value has `url`, `port`, `place` ("127.0.0.1:port", as the guard's exceptions name it), `requests` and
`connections` (number of connections, with or without a request).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

Answer = bytes | AsyncIterator[bytes] | None
Handler = Callable[["SiteRequest"], Answer] | Mapping[str, bytes] | bytes


@dataclass(frozen=True)
class SiteRequest:
    """A received request."""

    method: str
    target: str
    headers: dict[str, str]
    """Keys in lower case."""


@dataclass
class Site:
    """A running server."""

    host: str
    port: int
    scheme: str
    requests: list[SiteRequest] = field(default_factory=list[SiteRequest])
    connections: int = 0

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.place}/"


def answer(status: int = 200, body: bytes | str = b"", **headers: str) -> bytes:
    """A whole response; `content_type="…"` becomes Content-Type. Content-Length is correct by default."""
    payload = body.encode() if isinstance(body, str) else body
    fields = {"content_length": str(len(payload)), "content_type": "text/html; charset=utf-8", **headers}
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + payload


def html(body: str) -> bytes:
    """A page."""
    return answer(body=body)


def redirect(to: str, status: int = 302) -> bytes:
    """A redirect."""
    return answer(status, location=to)


async def drip(piece: bytes, *, first: bytes = b"", every: float = 0.05) -> AsyncIterator[bytes]:
    """Send `first` at once, then `piece` every `every` seconds while the client stays connected."""
    yield first
    while True:
        await asyncio.sleep(every)
        yield piece


@contextlib.contextmanager
def site(handler: Handler, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Generator[Site]:
    """Serve on a free port while the block runs."""
    started, running = threading.Event(), _Running(handler)

    async def serve() -> None:
        running.loop, running.stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(running.visit, host, 0, ssl=tls, backlog=512)
        port = server.sockets[0].getsockname()[1]
        running.site = Site(host, port, "https" if tls else "http")
        started.set()
        await running.stop.wait()
        for _ in range(5):  # accepted connections become requests first; a closed server would forget their sockets
            await asyncio.sleep(0)
        server.close()
        for task in running.visits:
            task.cancel()
        await asyncio.gather(*running.visits, return_exceptions=True)
        for writer in running.writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # let the transports close their sockets before the loop ends

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield running.site
    finally:
        running.loop.call_soon_threadsafe(running.stop.set)
        thread.join(10)


class _Running:
    """A running server."""

    site: Site
    loop: asyncio.AbstractEventLoop
    stop: asyncio.Event

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.visits: set[asyncio.Task[None]] = set()
        self.writers: list[asyncio.StreamWriter] = []

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.site.connections += 1
        self.writers.append(writer)
        task = asyncio.current_task()
        assert task
        self.visits.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._answer(_parse(await reader.readuntil(b"\r\n\r\n")), writer)
        finally:
            self.visits.discard(task)
            writer.close()

    async def _answer(self, request: SiteRequest, writer: asyncio.StreamWriter) -> None:
        self.site.requests.append(request)
        given = self._choose(request)
        if given is None:
            await self.stop.wait()
        elif isinstance(given, bytes):
            writer.write(given)
        else:
            async for piece in given:
                writer.write(piece)
                await writer.drain()
        await writer.drain()

    def _choose(self, request: SiteRequest) -> Answer:
        if isinstance(self._handler, bytes):
            return self._handler
        if isinstance(self._handler, Mapping):
            return self._handler.get(request.target, answer(404, "<h1>Not found</h1>"))
        return self._handler(request)


def _parse(head: bytes) -> SiteRequest:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines if line)
    return SiteRequest(method, target, {name.lower(): value.strip() for name, value in pairs})
