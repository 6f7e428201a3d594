"""Count connections at both ends: by listeners on loopback, and by auditing this process's outgoing calls.

with Canary() as canary: ...     # canary.tcp, canary.udp: connections to canary.port
with Calls() as calls: ...       # calls.made: calls by Python's sockets; none is let out
"""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import sys
import threading
from types import TracebackType
from typing import Self

TRIES = 50


class Canary:
    """Counts connections while its block runs; uses one port for both families and protocols."""

    def __init__(self) -> None:
        self.tcp = self.udp = 0
        self._sockets = _bind()
        self.port: int = self._sockets[0].getsockname()[1]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    @property
    def count(self) -> int:
        return self.tcp + self.udp

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(10)
        for listener in self._sockets:
            listener.close()

    def _listen(self) -> None:
        with selectors.DefaultSelector() as selector:
            for listener in self._sockets:
                selector.register(listener, selectors.EVENT_READ)
            while not self._stop.is_set():
                for key, _ in selector.select(0.1):
                    self._note(key.fileobj)  # pyright: ignore[reportArgumentType]

    def _note(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if listener.type == socket.SOCK_STREAM:
                listener.accept()[0].close()
                self.tcp += 1
            else:
                listener.recvfrom(4096)
                self.udp += 1


def _bind() -> list[socket.socket]:
    """Bind sockets on one port that is free for all of them."""
    for _ in range(TRIES):
        sockets: list[socket.socket] = []
        port = 0
        try:
            for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    listener = socket.socket(family, kind)
                    sockets.append(listener)
                    listener.bind((host, port))
                    port = listener.getsockname()[1]
                    if kind == socket.SOCK_STREAM:
                        listener.listen(128)
                    listener.setblocking(False)
        except OSError:
            for listener in sockets:
                listener.close()
        else:
            return sockets
    raise RuntimeError("no port is free on both families and protocols")


class Calls:
    """Records and stops every TCP connection, UDP packet and name lookup by this process's own sockets.

    Works with asyncio's own event loop, not with uvloop.
    """

    def __init__(self, *let_through: str) -> None:
        self.made: list[str] = []
        """Targets as host:port, or the name looked up."""
        self._let_through = let_through

    def __enter__(self) -> Self:
        _listening.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _listening.remove(self)

    def hear(self, called: object) -> None:
        """Record a call and refuse it, unless it is allowed."""
        place = ":".join(str(part) for part in called[:2]) if isinstance(called, tuple) else str(called)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        if place not in self._let_through:
            self.made.append(place)
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"a test stopped the call to {place}")


_CALLED = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}
"""Python's audit events -> index of the argument with the target."""
_listening: list[Calls] = []


def _overhear(event: str, arguments: tuple[object, ...]) -> None:
    if _listening and event in _CALLED:
        _listening[-1].hear(arguments[_CALLED[event]])


sys.addaudithook(_overhear)  # can't be removed, but does nothing without listeners
