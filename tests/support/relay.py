"""A door before a server that can vanish: connections stay open and nothing comes through, or none comes in at all."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager


class Relay:
    """Carries bytes between `port` and the server on loopback; one thread carries for all connections."""

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
        """From now on nothing is carried, and who connects hears nothing: nobody is told that the host is gone."""
        self._open.clear()
        self._wake.send(b".")

    def come_back(self) -> None:
        """Carry again; a host that was restarted doesn't know its connections and ends them."""
        for one in list(self._pairs):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.set()

    def replace(self) -> None:
        """Another host takes the address: whoever connects is heard, on the connections there were nothing comes."""
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
            return  # closed a moment ago, with its other side
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
    """A relay for as long as the block runs."""
    relay = Relay(server_port)
    try:
        yield relay
    finally:
        relay.end()
