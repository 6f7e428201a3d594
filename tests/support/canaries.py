"""Listeners that count who comes: TCP connections and UDP packets, on IPv4 and IPv6 loopback."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from types import TracebackType
from typing import Self

TRIES = 50


class Canary:
    """Counts while its block runs; the same port on both families and both protocols."""

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
    """Sockets on one port that is free for all of them."""
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
