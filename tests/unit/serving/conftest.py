"""A small WSGI application behind the front, on a real port in its own thread."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any, cast

import pytest
import uvicorn
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Request, Response

from marketplace.serving.front import Front
from marketplace.serving.worker import server_for

LIMIT = 1_000_000
LARGE = b"0123456789abcdef" * 1_000_000


@Request.application
def application(request: Request) -> Response:
    match request.path:
        case "/large":
            return Response(LARGE)
        case "/stream":
            return Response(str(number) for number in range(1000))
        case "/wait":
            time.sleep(2)  # a realistic duration of a page
            return Response()
        case "/over":
            return Response(f"{len(request.environ['wsgi.input'].read())} {request.content_length}")
        case _:
            told = [request.method, request.path, request.host, request.remote_addr or "", request.args.get("q", "")]
            return Response(
                "\n".join([*told, str(len(request.data))]), headers={"X-Cookie": str(dict(request.cookies))}
            )


class Served:
    """The running server and its address."""

    def __init__(self, server: uvicorn.Server, port: int) -> None:
        self.server, self.port = server, port

    def connect(self, text: bytes = b"", room: int = 0) -> socket.socket:
        """A connection that has sent `text`; `room` bytes of buffer for unread answers."""
        client = socket.socket()
        if room:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        client.settimeout(60)
        client.connect(("127.0.0.1", self.port))
        client.sendall(text)
        return client

    @property
    def front(self) -> Front:
        return cast(Front, self.server.config.app)


@contextmanager
def serving(app: Callable[..., Iterable[bytes]] | Any) -> Generator[Served]:
    server = server_for(app, limit=LIMIT)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Served(server, listener.getsockname()[1])
        finally:
            server.should_exit = server.force_exit = True
            thread.join(60)


@pytest.fixture(scope="package")
def served() -> Generator[Served]:
    with serving(application) as server:
        yield server


@pytest.fixture(scope="package")
def behind_a_proxy() -> Generator[Served]:
    with serving(ProxyFix(application, x_for=1, x_host=1)) as server:
        yield server
