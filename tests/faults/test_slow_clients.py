"""Slow clients can't block the site: pages are served while 500 connections dangle, without a proxy."""

from __future__ import annotations

import http.client
import select
import socket
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing
from urllib.parse import urlsplit

import pytest

from tests.support.product import Product, answers, running_product, running_web

pytestmark = pytest.mark.faults
CLIENTS = 500
TRIES = 3
SECONDS = 120
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
MULTIPART = "Content-Type: multipart/form-data; boundary=x\r\n"
LENGTH = "Content-Length: 100000\r\n\r\n"
CHUNKS = "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
PATHS = ["/signin", "/signup", "/webhooks/sandbox"]
DANGLING = {
    "no body of a form": f"POST /signin HTTP/1.1\r\nHost: here\r\n{FORM}{LENGTH}",
    "no parts of a form": f"POST /signup HTTP/1.1\r\nHost: here\r\n{MULTIPART}{LENGTH}--x\r\n",
    "no message of a provider": f"POST /webhooks/sandbox HTTP/1.1\r\nHost: here\r\n{LENGTH}",
    "chunks that never end": f"POST /signin HTTP/1.1\r\nHost: here\r\n{FORM}{CHUNKS}",
    "half a head": "GET /signin HTTP/1.1\r\nHost: here\r\nX-Half: ",
    "no request": "",
    "no reading": "GET /static/vendor/dejavu.ttf HTTP/1.1\r\nHost: here\r\n\r\n",
}


@pytest.fixture(scope="module", params=[running_product, running_web])
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Product]:
    start: Callable[..., AbstractContextManager[Product]] = request.param
    with start(tmp_path_factory.mktemp("product"), RATE_LIMITS="false") as running:
        yield running


def connection(product: Product, text: str) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(SECONDS)
    client.connect(("127.0.0.1", urlsplit(product.url).port))
    client.sendall(text.encode())
    return client


def pages_came_while_all_dangled(product: Product, text: str) -> bool:
    """Whether pages were served before the first of the connections was closed."""
    with ExitStack() as held:
        poll = select.poll()
        for _ in range(CLIENTS):
            poll.register(held.enter_context(connection(product, text)), select.POLLRDHUP)
        return all(answers(product, path) for path in ("/signin", "/", "/jobs")) and not poll.poll(0)


@pytest.mark.parametrize("text", DANGLING.values(), ids=DANGLING.keys())
def test_pages_are_served_while_connections_dangle(product: Product, text: str) -> None:
    assert any(pages_came_while_all_dangled(product, text) for _ in range(TRIES))


@pytest.fixture(scope="module", autouse=True)
def slow_bodies(product: Product) -> Generator[dict[str, Future[bytes]]]:
    """Start of the answers to bodies that don't arrive, by path, and to a "drip" of one byte per second.

    All requests are sent at the beginning and wait together, while other tests go on.
    """
    with ThreadPoolExecutor() as pool:
        yield {path: pool.submit(answer_without_body, product, path) for path in PATHS} | {
            "drip": pool.submit(answer_to_drip, product)
        }


def answer_without_body(product: Product, path: str) -> bytes:
    with connection(product, f"POST {path} HTTP/1.1\r\nHost: here\r\n{FORM}{LENGTH}name=") as client:
        return client.recv(100)


def answer_to_drip(product: Product) -> bytes:
    with connection(product, f"POST /signin HTTP/1.1\r\nHost: here\r\n{FORM}{LENGTH}") as client:
        while not select.select([client], [], [], 1)[0]:
            client.sendall(b"x")
        return client.recv(100)


@pytest.mark.parametrize("path", PATHS)
def test_missing_body_is_408(slow_bodies: dict[str, Future[bytes]], path: str) -> None:
    assert slow_bodies[path].result().startswith(b"HTTP/1.1 408 ")


def test_body_of_one_byte_per_second_is_408(slow_bodies: dict[str, Future[bytes]]) -> None:
    assert slow_bodies["drip"].result().startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
@pytest.mark.parametrize("path", PATHS)
def test_body_over_the_limit_is_413(product: Product, path: str, declared: bool) -> None:
    pieces = [b"x" * 1_000_000] * 12
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if declared:
        headers["Content-Length"] = str(sum(map(len, pieces)))
    with closing(http.client.HTTPConnection("127.0.0.1", urlsplit(product.url).port or 0, timeout=SECONDS)) as asked:
        asked.request("POST", path, pieces, headers, encode_chunked=not declared)
        answer = asked.getresponse()
        assert answer.status == 413
        assert b"too large" in answer.read()
