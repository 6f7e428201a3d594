"""A relay in front of a server that can vanish: open connections go silent, new ones get no answer."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager


class Relay:
    """Forwards bytes between `port` and the server on loopback; one thread serves all connections."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._door = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._door.getsockname()[1]
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._dead: list[socket.socket] = []
        self._open, self._ended = threading.Event(), threading.Event()
        self._open.set()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def vanish(self) -> None:
        """Stop forwarding without closing anything, as when the host is lost."""
        self._open.clear()
        self._wake.send(b".")

    def come_back(self) -> None:
        """Forward again, and reset the old connections, as a restarted host does."""
        for one in list(self._pairs):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.set()

    def replace(self) -> None:
        """Let another host take the address: new connections work, old ones stay silent."""
        self.vanish()
        self._dead, self._pairs = [*self._dead, *self._pairs], {}
        self._open.set()

    def end(self) -> None:
        self._ended.set()
        self.come_back()
        self._wake.send(b".")
        self._thread.join()
        for one in (self._door, self._wake, self._woken, *self._pairs, *self._dead):
            one.close()

    def _carry(self) -> None:
        while not self._ended.is_set():
            self._open.wait()
            for ready in select.select([self._door, self._woken, *self._pairs], [], [])[0]:
                if ready is self._woken:
                    ready.recv(1)
                elif not self._open.is_set():
                    break
                elif ready is self._door:
                    self._let_in()
                else:
                    self._pass_on(ready)

    def _let_in(self) -> None:
        client, _ = self._door.accept()
        try:
            server = socket.create_connection(("127.0.0.1", self._server_port), timeout=5)
        except OSError:
            client.close()
            return
        self._pairs |= {client: server, server: client}

    def _pass_on(self, source: socket.socket) -> None:
        target = self._pairs.get(source)
        if target is None:
            return  # closed a moment ago by its other side
        try:
            data = source.recv(65536)
            target.sendall(data)
        except OSError:
            data = b""
        if not data:
            for one in (source, target):
                del self._pairs[one]
                one.close()


@contextmanager
def relay_to(server_port: int) -> Generator[Relay]:
    """Run a relay during the block."""
    relay = Relay(server_port)
    try:
        yield relay
    finally:
        relay.end()
