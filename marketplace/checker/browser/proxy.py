"""A forward proxy on loopback, one per check: the browser's only connection, and it asks the guard before each.

It supports absolute-form HTTP and CONNECT, connects to approved addresses only, and uses no proxies or credentials
itself. Refusals are kept for the record.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from marketplace.checker.browser.limits import RenderLimits
from marketplace.checker.fetch.fetch import ADDRESSES_TRIED, Guard
from marketplace.checker.guard.address import Link, Refusal
from marketplace.checker.guard.name_resolution import NameFailure

CHUNK_BYTES = 64 * 1024
MAX_DESTINATIONS = 100
"""Destinations (host and port) that one page may ask for; name lookups use threads that other checks need too."""
MAX_NOTED_REFUSALS = 50
MAX_NOTED_URL = 300
"""Characters."""
HEAD_END = b"\r\n\r\n"
PROXY_HEADER = "proxy-status"
"""Marks our own responses (RFC 9209); stripped from those of sites."""
_ABSOLUTE = re.compile(r"(http://[^/?#\s]+)([/?]\S*)?")
_HOP_BY_HOP = re.compile(
    rb"^(?:connection|keep-alive|te|trailer|upgrade|expect|proxy-[\w-]*)[ \t]*:[^\r\n]*\r\n",
    re.IGNORECASE | re.MULTILINE,
)
"""Hop-by-hop headers (RFC 9110, 7.6.1), and those between the browser and the proxy."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class ProxyError(Exception):
    """The proxy answers instead of the site, with this status and reason, such as "403 Refused"."""


class Proxy:
    """Serves one check as a context manager; closes every connection at the end."""

    def __init__(self, guard: Guard, limits: RenderLimits, listener: socket.socket | None = None) -> None:
        """`listener`: a socket on the loopback of an isolated browser; without it a port on our own loopback."""
        self._guard, self._limits, self._listener = guard, limits, listener
        self._approvals: dict[str, asyncio.Task[Link | Refusal]] = {}
        self._addresses: dict[str, tuple[str, ...]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._refused: dict[str, Refusal] = {}
        self._blocks_all = False
        self._connections_left: int | None = None
        self.bytes = 0
        """On the wire, both ways together."""
        self.url = ""
        """Where the browser finds us."""

    @property
    def refused(self) -> tuple[dict[str, str], ...]:
        """[{"url", "why", "code"}], each url once."""
        return tuple({"url": url, "why": why.sentence, "code": why.code} for url, why in self._refused.items())

    def has_refused(self, url: str) -> bool:
        """Whether the guard refused a request to this URL."""
        parts = urlsplit(url)
        return (
            url[:MAX_NOTED_URL] in self._refused or f"{parts.scheme}://{parts.netloc}"[:MAX_NOTED_URL] in self._refused
        )

    @property
    def is_over_budget(self) -> bool:
        return self.bytes > self._limits.bytes

    def block_all(self) -> None:
        """From now on make no connections and drop everything sent on open ones."""
        self._blocks_all = True

    def limit_connections(self, connections: int) -> None:
        """From now on allow only so many more connections."""
        self._connections_left = connections

    async def __aenter__(self) -> Self:
        listener = self._listener or socket.create_server(("127.0.0.1", 0))
        self._server = await asyncio.start_server(self._serve, sock=listener, limit=self._limits.header_bytes)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task  # noqa: S101 (a coroutine runs in a task)
        self._tasks.add(task)
        with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
            try:
                await self._answer(reader, writer)
            except ProxyError as failure:
                head = (
                    f"HTTP/1.1 {failure}\r\n{PROXY_HEADER}: prebuilt\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
                writer.write(head.encode())
                await writer.drain()
        self._tasks.discard(task)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, or one tunnel, for each connection."""
        head = await reader.readuntil(HEAD_END)
        self.bytes += len(head)
        method, _, rest = head.partition(b" ")
        target = rest.partition(b" ")[0].decode("latin-1")
        if method == b"CONNECT":
            async with self._upstream(f"https://{target}/", f"https://{target.removesuffix(':443')}") as (
                there,
                onward,
            ):
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                await self._pump_both((reader, writer), (there, onward))
            return
        absolute = _ABSOLUTE.fullmatch(target)
        if not absolute:
            raise ProxyError("400 Not an absolute address")
        async with self._upstream(f"{absolute[1]}/", target) as (there, onward):
            path = absolute[2] or "/"
            onward.write(_for_one_request(head.replace(target.encode("latin-1"), _rooted(path), 1)))
            await onward.drain()
            await self._pump_both((reader, writer), (there, onward), is_plain=True)

    @contextlib.asynccontextmanager
    async def _upstream(self, destination: str, shown: str) -> AsyncGenerator[Streams]:
        """A connection to a site, closed at the end of the block."""
        reader, writer = await self._connect(destination, shown)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    async def _connect(self, destination: str, shown: str) -> Streams:
        """Connect to the first approved address that accepts; raises ProxyError."""
        if self._blocks_all:
            raise ProxyError("503 Blocked")
        if self.is_over_budget or self._connections_left == 0:
            raise ProxyError("503 Over budget")
        if self._connections_left is not None:
            self._connections_left -= 1
        task = self._approvals.get(destination)
        if task is None:
            if len(self._approvals) >= MAX_DESTINATIONS:
                raise ProxyError("503 Over budget")
            task = self._approvals[destination] = asyncio.create_task(self._approve(destination))
            self._tasks.add(task)
        try:
            link = await asyncio.shield(task)
        except NameFailure as failure:
            raise ProxyError("502 Name not resolved") from failure
        if isinstance(link, Refusal):
            if len(self._refused) < MAX_NOTED_REFUSALS:
                self._refused.setdefault(shown[:MAX_NOTED_URL], link)
            raise ProxyError("403 Refused")
        for address in self._addresses[destination]:
            with contextlib.suppress(OSError):  # a time-out is one of them
                async with asyncio.timeout(self._limits.connect_seconds):
                    return await asyncio.open_connection(address, link.port, limit=self._limits.header_bytes)
        raise ProxyError("504 No connection")

    async def _approve(self, destination: str) -> Link | Refusal:
        """Called once per destination and check, so that a changing DNS answer has no effect."""
        link = self._guard.read(destination)
        if isinstance(link, Refusal):
            return link
        addresses = await self._guard.approve(link)
        if isinstance(addresses, Refusal):
            return addresses
        self._addresses[destination] = tuple(str(address) for address in addresses[:ADDRESSES_TRIED])
        return link

    async def _pump_both(self, browser: Streams, site: Streams, *, is_plain: bool = False) -> None:
        """Relay bytes both ways until either side closes."""
        up = asyncio.create_task(self._pump(browser[0], site[1], leaves=True))
        down = asyncio.create_task(self._reply(site[0], browser[1]) if is_plain else self._pump(site[0], browser[1]))
        try:
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)

    async def _reply(self, site: asyncio.StreamReader, browser: asyncio.StreamWriter) -> None:
        """Relay a plain HTTP response with `Connection: close` in its head."""
        interim = b"1"
        while interim == b"1":
            head = await site.readuntil(HEAD_END)
            interim = head[9:10]
            self.bytes += len(head)
            browser.write(_for_one_request(head) if interim != b"1" else head)
        await self._pump(site, browser)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, leaves: bool = False) -> None:
        while not self.is_over_budget and (data := await source.read(CHUNK_BYTES)):
            self.bytes += len(data)
            if not (leaves and self._blocks_all):
                sink.write(data)
                await sink.drain()


def _rooted(path: str) -> bytes:
    return (path if path.startswith("/") else f"/{path}").encode("latin-1")


def _for_one_request(head: bytes) -> bytes:
    """A head without hop-by-hop headers and with `Connection: close`."""
    first, line_end, rest = head.partition(b"\r\n")
    return first + line_end + _HOP_BY_HOP.sub(b"", rest[:-2]) + b"Connection: close" + HEAD_END
