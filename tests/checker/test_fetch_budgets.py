"""Whatever a server does, a fetch ends within its budgets and says what happened."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncIterator

import brotli
import pytest
from backports import zstd

from marketplace.checker.engine import run
from marketplace.checker.fetch.fetch import Guard, fetch
from marketplace.checker.fetch.result import FetchLimits, FetchProblem, FetchResult
from marketplace.checker.guard.address import Link
from tests.checker.conftest import Fetch, no_names
from tests.support.sites import Answer, SiteRequest, answer, drip, html, redirect, site
from tests.support.stopwatch import Stopwatch

MEGABYTE = 1024 * 1024
ZEROS = b"\0" * (64 * MEGABYTE)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


async def endless(piece: bytes, first: bytes) -> AsyncIterator[bytes]:
    yield first
    while True:
        yield piece


def test_a_page_is_fetched_with_status_sizes_and_timings(fetching: Fetch) -> None:
    with site(html("<h1>Hello</h1>")) as there:
        result = fetching(there.url, there)
    hop = result.last
    assert (result.body, hop.status, hop.address, hop.problem) == (b"<h1>Hello</h1>", 200, "127.0.0.1", None)
    assert (hop.wire_bytes, hop.decoded_bytes, hop.content_type) == (14, 14, "text/html; charset=utf-8")
    assert None not in (hop.timings.connect, hop.timings.first_byte)
    assert 0 < hop.timings.total < 1000


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"<p>Hello</p>" * 50)),
        ("x-gzip", gzip.compress(b"<p>Hello</p>" * 50)),
        ("deflate", zlib.compress(b"<p>Hello</p>" * 50)),
        ("deflate", zlib.compress(b"<p>Hello</p>" * 50)[2:-4]),
        ("br", brotli.compress(b"<p>Hello</p>" * 50)),
        ("zstd", zstd.compress(b"<p>Hello</p>" * 50)),
    ],
    ids=["gzip", "x-gzip", "deflate", "raw deflate", "br", "zstd"],
)
def test_a_compressed_page_is_unpacked(fetching: Fetch, coding: str, packed: bytes) -> None:
    with site(answer(body=packed, content_encoding=coding)) as there:
        result = fetching(there.url, there)
    assert result.body == b"<p>Hello</p>" * 50
    assert (result.last.wire_bytes, result.last.decoded_bytes) == (len(packed), 600)


def test_huge_body_is_cut_at_two_megabytes_and_stays_live(fetching: Fetch) -> None:
    with site(lambda request: endless(b"x" * 65536, HEAD + b"Connection: close\r\n\r\n")) as there:
        result = fetching(there.url, there, limits=FetchLimits())
    assert (len(result.body), result.last.cut, result.last.problem) == (2 * MEGABYTE, True, None)


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", gzip.compress(ZEROS)),
        ("deflate", zlib.compress(ZEROS)),
        ("br", brotli.compress(ZEROS, quality=4)),
        ("zstd", zstd.compress(ZEROS)),
    ],
    ids=["gzip", "deflate", "br", "zstd"],
)
def test_decompression_bomb_stops_at_the_budget(fetching: Fetch, coding: str, bomb: bytes) -> None:
    with site(answer(body=bomb, content_encoding=coding)) as there:
        result = fetching(there.url, there)
    assert result.last.problem is FetchProblem.BOMB
    assert result.last.decoded_bytes == 2 * MEGABYTE


def test_chunked_body_of_mostly_framing_ends(fetching: Fetch) -> None:
    chunk = b"1;" + b"x" * 8000 + b"\r\na\r\n"
    with site(lambda request: endless(chunk, HEAD + b"Transfer-Encoding: chunked\r\n\r\n")) as there:
        result = fetching(there.url, there, limits=FetchLimits(seconds=5))
    assert result.last.cut or result.last.problem is FetchProblem.NOT_HTTP


@pytest.mark.parametrize(
    ("handler", "problem"),
    [
        (lambda request: None, FetchProblem.SILENT),
        (lambda request: drip(b"X-A: b\r\n", first=HEAD), FetchProblem.SLOW_HEADERS),
        (lambda request: drip(b"H", first=b""), FetchProblem.NOT_HTTP),
        (lambda request: drip(b"x", first=HEAD + b"Content-Length: 5000\r\n\r\n"), FetchProblem.SLOW_BODY),
        (
            lambda request: drip(b"1\r\nx\r\n", first=HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
            FetchProblem.SLOW_BODY,
        ),
        (lambda request: drip(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), FetchProblem.SLOW_HEADERS),
    ],
    ids=["never answers", "drips headers", "drips nonsense", "drips body", "drips chunks", "drips interim answers"],
)
def test_slow_server_is_left_at_the_deadline(fetching: Fetch, handler: Answer, problem: FetchProblem) -> None:
    watch = Stopwatch()
    with site(handler) as there:  # pyright: ignore[reportArgumentType]
        result = fetching(there.url, there, limits=FetchLimits(seconds=1.2))
        assert watch.seconds < 3
    assert result.last.problem is problem


def test_all_hops_share_one_deadline(fetching: Fetch) -> None:
    async def slow_redirect(request: SiteRequest) -> AsyncIterator[bytes]:
        async for _ in drip(b"", every=0.15):
            yield b""
            break
        async for _ in drip(b"", first=b"", every=0.15):
            yield redirect(f"/{len(request.target)}x")

    watch = Stopwatch()
    with site(slow_redirect) as there:
        result = fetching(there.url, there, limits=FetchLimits(seconds=0.4, hops=100))
    assert watch.seconds < 1.5
    ends = {FetchProblem.CONNECT_TIMEOUT, FetchProblem.SILENT, FetchProblem.OWN_FAULT, FetchProblem.TOO_MANY_REDIRECTS}
    assert result.last.problem in ends, "wherever it was when the time was over"


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"X-Huge: " + b"x" * 70_000 + b"\r\n\r\n",
        HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(300)) + b"\r\n",
        HEAD + b"".join(b"X-%d: %s\r\n" % (number, b"y" * 600) for number in range(150)) + b"\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 3000,
    ],
    ids=["one huge header", "many headers", "much in all", "interim answers without end"],
)
def test_headers_beyond_the_budget_end_the_fetch(fetching: Fetch, raw: bytes) -> None:
    with site(raw) as there:
        result = fetching(there.url, there)
    assert result.last.problem is FetchProblem.HEADERS_TOO_BIG


def test_interim_responses_are_skipped(fetching: Fetch) -> None:
    with site(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + html("<h1>Hello</h1>")) as there:
        result = fetching(there.url, there)
    assert (result.last.status, result.body) == (200, b"<h1>Hello</h1>")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (answer(body="short", content_length="500"), FetchProblem.WRONG_LENGTH),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", FetchProblem.WRONG_LENGTH),
        (b"", FetchProblem.NO_RESPONSE),
        (HEAD[:20], FetchProblem.NO_RESPONSE),
        (b"SSH-2.0-OpenSSH_9.2\r\n", FetchProblem.NOT_HTTP),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", FetchProblem.NOT_HTTP),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", FetchProblem.NOT_HTTP),
        (answer(body=b"not gzip at all", content_encoding="gzip"), FetchProblem.BAD_ENCODING),
        (answer(body=b"not brotli at all", content_encoding="br"), FetchProblem.BAD_ENCODING),
        (answer(body=b"not zstd at all", content_encoding="zstd"), FetchProblem.BAD_ENCODING),
        (answer(body=b"x", content_encoding="compress"), FetchProblem.UNREADABLE_ENCODING),
        (answer(body=b"x", content_encoding="gzip, compress"), FetchProblem.UNREADABLE_ENCODING),
        (answer(body=b"x", content_encoding=", ".join(["gzip"] * 6)), FetchProblem.UNREADABLE_ENCODING),
        (answer(302), FetchProblem.BAD_REDIRECT),
    ],
    ids=[
        "shorter than said", "chunks cut off", "closed at once", "closed in the headers", "another protocol",
        "two lengths", "upgrade", "not gzip", "not brotli", "not zstd", "unknown coding", "one unknown coding",
        "too many codings", "redirect to nowhere",
    ],
)  # fmt: skip
def test_broken_response_has_a_reason(fetching: Fetch, raw: bytes, problem: FetchProblem) -> None:
    with site(raw) as there:
        result = fetching(there.url, there)
    assert result.last.problem is problem


def test_body_is_read_up_to_content_length(fetching: Fetch) -> None:
    with site(answer(body="hello and more", content_length="5")) as there:
        result = fetching(there.url, there)
    assert (result.body, result.last.problem) == (b"hello", None)


def test_a_body_without_a_length_ends_with_the_connection(fetching: Fetch) -> None:
    with site(HEAD + b"\r\n<h1>Old style</h1>") as there:
        assert fetching(there.url, there).body == b"<h1>Old style</h1>"


def test_closed_port_is_a_refused_connection(fetching: Fetch) -> None:
    with site(b"") as gone:
        pass
    assert fetching(gone.url, gone).last.problem is FetchProblem.CONNECTION_REFUSED


def test_what_came_while_we_were_busy_is_read_before_the_page_is_blamed() -> None:
    with site(html("<h1>Hello</h1>")) as there:
        guard = Guard(frozenset({there.place}), no_names)
        link = guard.read(there.url)
        assert isinstance(link, Link)

        async def hog() -> None:
            while not there.requests:  # noqa: ASYNC110 (the server tells it in another thread)
                await asyncio.sleep(0.001)
            time.sleep(1.0)  # noqa: ASYNC251 (our own loop stands still, past the page's time)

        async def both() -> FetchResult:
            result, _ = await asyncio.gather(fetch(link, guard=guard, limits=FetchLimits(seconds=0.7)), hog())
            return result

        result = run(both())
    assert result.last.problem in (None, FetchProblem.OWN_FAULT)
