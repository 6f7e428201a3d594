"""Requests and answers pass the front unchanged; slow senders and readers are disconnected."""

from __future__ import annotations

import errno
import http.client
import socket
import time
from contextlib import closing, suppress
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest

from marketplace.serving import connection, front, pace
from tests.unit.serving.conftest import LARGE, LIMIT, Served

CHUNKED = b"POST /in HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"


def said(client: socket.socket) -> bytes:
    """All received bytes until the server hangs up."""
    pieces: list[bytes] = []
    with client, suppress(ConnectionResetError):
        while piece := client.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def await_held(served: Served, size: int) -> None:
    deadline = time.monotonic() + 60
    while served.front.held != size:
        assert time.monotonic() < deadline, f"{served.front.held} bytes are held"
        time.sleep(0.02)


def ask(served: Served, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)) as asked:
        asked.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = asked.getresponse()
        return answer.status, answer.read()


def test_application_sees_request_as_sent(served: Served) -> None:
    status, told = ask(served, "POST", "/a%20b/%C3%A9?q=1%262", b"x" * 70_000, Host="site.example:8000")
    assert (status, told.decode().split("\n")) == (
        200, ["POST", "/a b/é", "site.example:8000", "127.0.0.1", "1&2", "70000"]
    )  # fmt: skip


def test_chunked_body_arrives_complete(served: Served) -> None:
    client = served.connect(CHUNKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    client.sendall(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
    assert said(client).endswith(b"\n11")


def test_connection_serves_several_requests(served: Served) -> None:
    used: set[socket.socket] = set()
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)) as asked:
        for body in (b"", b"one", b"twice"):
            asked.request("POST", "/", body)
            assert asked.getresponse().read().endswith(f"\n{len(body)}".encode())
            used.add(asked.sock)
    assert len(used) == 1


def test_head_request_gets_only_the_head(served: Served) -> None:
    client = served.connect(b"HEAD /large HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    head, _, rest = said(client).partition(b"\r\n\r\n")
    assert f"content-length: {len(LARGE)}".encode() in head
    assert rest == b""


@pytest.mark.parametrize(("path", "body"), [("/large", LARGE), ("/stream", "".join(map(str, range(1000))).encode())])
def test_answers_arrive_complete(served: Served, path: str, body: bytes) -> None:
    assert ask(served, "GET", path) == (200, body)


def test_trusted_proxy_sets_client_and_host(behind_a_proxy: Served) -> None:
    told = {"X_Forwarded_For": "192.0.2.9, 192.0.2.7", "X_Forwarded_Host": "site.example"}
    _, said = ask(behind_a_proxy, "GET", "/", None, **told)
    assert said.decode().split("\n")[2:4] == ["site.example", "192.0.2.7"]


def test_header_with_underscore_does_not_pass_for_the_proxys(behind_a_proxy: Served) -> None:
    client = behind_a_proxy.connect(
        b"GET / HTTP/1.1\r\nHost: here\r\nX-Forwarded-For: 192.0.2.7\r\nX_Forwarded_For: 192.0.2.66\r\n"
        b"Connection: close\r\n\r\n"
    )
    assert b"192.0.2.7" in (told := said(client))
    assert b"192.0.2.66" not in told


def test_several_cookie_headers_are_joined(served: Served) -> None:
    client = served.connect(b"GET / HTTP/1.1\r\nHost: here\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n")
    assert b"{'a': '1', 'b': '2'}" in said(client)


@pytest.mark.parametrize("chunked", [False, True])
def test_oversized_body_reaches_application_truncated(served: Served, chunked: bool) -> None:
    pieces = [b"x" * (LIMIT // 2)] * 4
    told = {} if chunked else {"Content-Length": str(2 * LIMIT)}
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)) as asked:
        asked.request("POST", "/over", pieces, told, encode_chunked=chunked)
        answer = asked.getresponse()
        read, declared = map(int, answer.read().split())
    assert read == LIMIT
    assert declared > LIMIT
    assert answer.headers["Connection"] == "close"


def test_total_size_of_bodies_is_limited(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "MOST_HELD", 500_000)
    large, small = b"x" * 400_000, b"x" * 1000
    dangling = served.connect(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 900000\r\n\r\n" + large)
    with dangling:
        await_held(served, len(large))
        assert ask(served, "POST", "/", large)[0] == 503
        assert [ask(served, "POST", "/", body)[0] for body in (b"", small)] == [200, 200]
    await_held(served, 0)
    assert ask(served, "POST", "/", large)[0] == 200


def test_body_on_full_disk_is_503(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SpooledTemporaryFile, "rollover", full)
    assert [ask(served, "POST", "/", b"x" * size)[0] for size in (200_000, 1000)] == [503, 200]


@pytest.mark.parametrize("sent", [b"", b"x" * 1000])
def test_missing_body_ends_with_408(served: Served, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(pace, "WINDOW_SECONDS", 0.3)
    for head in (
        CHUNKED + b"5\r\nhello\r\n",
        b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\n" + sent,
    ):
        assert said(served.connect(head)).startswith(b"HTTP/1.1 408 ")


def test_unfinished_head_ends_with_408(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    assert said(served.connect(b"GET / HTTP/1.1\r\nX-Half: ")).startswith(b"HTTP/1.1 408 ")


def test_unfinished_second_head_ends_with_408(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    told = said(served.connect(b"GET / HTTP/1.1\r\nHost: here\r\n\r\nGET / HTTP/1.1\r\nX-Half: "))
    assert told.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in told


def test_silent_client_is_disconnected(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    assert said(served.connect()) == b""


def test_head_size_is_limited(served: Served) -> None:
    client = served.connect(b"GET / HTTP/1.1\r\nX-More: ")
    with suppress(OSError):  # disconnected
        for _ in range(1000):
            client.sendall(b"x" * 4000)
    assert said(client)[:13] in (b"", b"HTTP/1.1 431 "), "a reset may come before the answer"


def test_trailer_after_body_is_no_header(behind_a_proxy: Served) -> None:
    client = behind_a_proxy.connect(
        b"POST / HTTP/1.1\r\nHost: here\r\nX-Forwarded-For: 192.0.2.7\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n5\r\nhello\r\n0\r\nX-Forwarded-For: 192.0.2.66\r\nCookie: a=1\r\n\r\n"
    )
    told = said(client)
    assert b"192.0.2.7" in told
    assert b"192.0.2.66" not in told
    assert b"x-cookie: {}" in told


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(CHUNKED + b"5\r\nhello\r\n0\r\n", id="after a body"),
        pytest.param(b"GET /wait HTTP/1.1\r\nHost: here\r\n\r\nGET /two HTTP/1.1\r\n", id="second head"),
    ],
)
def test_no_part_of_a_request_fills_memory(served: Served, before: bytes) -> None:
    client, sent = served.connect(before), 0
    with client, suppress(OSError):  # disconnected
        while sent < 100_000_000:
            sent += client.send(b"X-More: " + b"x" * 50_000 + b"\r\n")
    assert sent < 100_000_000


def test_endless_pipelining_client_is_disconnected(served: Served) -> None:
    client, sent = served.connect(), 0
    with client, suppress(OSError):  # disconnected
        while sent < 100_000_000:
            sent += client.send(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n" * 1000)
    assert sent < 100_000_000


def test_pipelined_requests_are_answered_in_order(served: Served) -> None:
    asked = b"".join(b"GET /%d HTTP/1.1\r\nHost: here\r\n\r\n" % number for number in range(20))
    client = served.connect(asked + b"GET /last HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    lines = said(client).decode().split("\n")
    paths = [line for line in lines if line.startswith("/")]
    assert paths == [*(f"/{number}" for number in range(20)), "/last"]


def test_empty_lines_do_not_hold_the_connection(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    client = served.connect(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
    client.sendall(b"\r\n")
    assert said(client)[:13] in (b"", b"HTTP/1.1 408 ")


def test_client_that_reads_no_answer_is_disconnected(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "WINDOW_SECONDS", 0.3)
    client = served.connect(b"GET /large HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n", room=4096)
    assert client.recv(1) == b"H"
    deadline = time.monotonic() + 60
    while served.server.server_state.connections:
        assert time.monotonic() < deadline, "it still waits for its reader"
        time.sleep(0.05)
    assert len(said(client)) < len(LARGE)
