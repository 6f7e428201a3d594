"""Tiny sample prototypes on loopback, one port each, so that real checks work without internet."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HOST = "127.0.0.1"
PAGES = Path(__file__).parent / "sites"
SITES = ("granite-hall", "summit", "slow", "broken", "redirecting", "parked", "copycat", "tickets")
"""In the order of their ports, starting at the base port."""
SLOW_SECONDS = 4
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8"}


def site_url(name: str, base_port: int) -> str:
    """Address of the sample site `name`."""
    return f"http://{HOST}:{base_port + SITES.index(name)}/"


class SiteHandler(BaseHTTPRequestHandler):
    """Serve one site: files of its folder, or the fault that its name describes."""

    protocol_version = "HTTP/1.1"

    def __init__(self, name: str, base_port: int, *args: object) -> None:
        self.name, self.base_port = name, base_port
        super().__init__(*args)  # pyright: ignore[reportArgumentType]

    def do_GET(self) -> None:
        if self.name == "broken":
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, b"<h1>Internal Server Error</h1>")
        elif self.name == "redirecting":
            self._send(HTTPStatus.FOUND, b"", Location=site_url("summit", self.base_port))
        else:
            if self.name == "slow":
                time.sleep(SLOW_SECONDS)
            self._send_file(PAGES / ("granite-hall" if self.name == "slow" else self.name))

    def _send_file(self, folder: Path) -> None:
        path = urlsplit(self.path).path.strip("/") or "index"
        for candidate in (folder / path, folder / f"{path}.html"):
            if (
                candidate.suffix in TYPES
                and candidate.is_file()
                and candidate.resolve().is_relative_to(folder.resolve())
            ):
                self._send(HTTPStatus.OK, candidate.read_bytes(), content_type=TYPES[candidate.suffix])
                return
        self._send(HTTPStatus.NOT_FOUND, b"<h1>Not found</h1>")

    def _send(self, status: HTTPStatus, body: bytes, *, content_type: str = TYPES[".html"], **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it so)
        """Log nothing."""


@contextmanager
def serving_sites(base_port: int) -> Generator[frozenset[str]]:
    """Serve all sample sites while the block runs; yield the host:port pairs that the guard must allow.

    A used port is skipped: most likely another marketplace on this machine serves the same site there.
    """
    servers: list[ThreadingHTTPServer] = []
    for offset, name in enumerate(SITES):
        try:
            server = ThreadingHTTPServer((HOST, base_port + offset), partial(SiteHandler, name, base_port))
        except OSError:
            continue
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
    try:
        yield frozenset(f"{HOST}:{base_port + offset}" for offset in range(len(SITES)))
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
