"""Bodies are decoded as browsers do: surplus bytes, several members or frames, stacked encodings."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator

import brotli
import pytest
from backports import zstd

from marketplace.checker.fetch.result import FetchLimits, FetchProblem
from tests.checker.conftest import Fetch
from tests.support.sites import SiteRequest, answer, html, redirect, site

PAGE = b"<p>Hello</p>" * 50
HALF = len(PAGE) // 2
SECOND = answer(404, body="<h1>Somebody else's answer</h1>")
GARBAGE = b"\r\n<!-- cached -->"
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("surplus", [SECOND, SECOND[:40], b"garbage", b"\r\n", b"\0" * 9000, html("x") * 50])
def test_bytes_after_a_response_are_ignored(fetching: Fetch, surplus: bytes) -> None:
    with site(lambda request: html("<p>Hello</p>") + surplus) as there:
        result = fetching(there.url, there)
    assert (result.last.status, result.last.problem, result.body) == (200, None, b"<p>Hello</p>")


def test_bytes_after_a_chunked_response_are_ignored(fetching: Fetch) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    with site(lambda request: head + b"5\r\nHello\r\n0\r\n\r\n" + SECOND) as there:
        result = fetching(there.url, there)
    assert (result.last.status, result.last.problem, result.body) == (200, None, b"Hello")


def test_bytes_after_a_redirect_are_ignored(fetching: Fetch) -> None:
    def handler(request: SiteRequest) -> bytes:
        return redirect("/there") + SECOND if request.target == "/" else html("there")

    with site(handler) as there:
        result = fetching(there.url, there)
    assert ([hop.status for hop in result.hops], result.body) == ([302, 200], b"there")


@pytest.mark.parametrize("pause", [False, True], ids=["at once", "byte by byte"])
@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(PAGE[:HALF]) + gzip.compress(PAGE[HALF:])),
        ("x-gzip", gzip.compress(PAGE[:HALF]) + gzip.compress(b"") + gzip.compress(PAGE[HALF:]) + GARBAGE),
        ("gzip", gzip.compress(PAGE) + GARBAGE),
        ("gzip", gzip.compress(PAGE) + b"\0" * 100),
        ("gzip", gzip.compress(PAGE) + b"\x1f\x8b"),
        ("deflate", zlib.compress(PAGE) + GARBAGE),
        ("deflate", zlib.compress(PAGE)[2:-4] + GARBAGE),
        ("br", brotli.compress(PAGE) + GARBAGE),
        ("zstd", zstd.compress(PAGE[:HALF]) + zstd.compress(PAGE[HALF:])),
        ("zstd", zstd.compress(PAGE[:HALF]) + b"\x50\x2a\x4d\x18\x04\0\0\0skip" + zstd.compress(PAGE[HALF:])),
        ("zstd", zstd.compress(PAGE) + GARBAGE),
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE))),
        ("gzip, gzip", gzip.compress(PAGE)),
        ("gzip,, identity", gzip.compress(PAGE)),
        ("br, gzip", gzip.compress(brotli.compress(PAGE))),
        ("gzip, br, zstd", zstd.compress(brotli.compress(gzip.compress(PAGE)))),
        ("deflate, x-gzip", gzip.compress(zlib.compress(PAGE) + GARBAGE) + GARBAGE),
    ],
    ids=[
        "members", "an empty member", "garbage after gzip", "padding after gzip", "half a member after gzip",
        "garbage after deflate", "garbage after raw deflate", "garbage after br", "frames", "a frame to skip",
        "garbage after zstd", "gzip twice", "gzip named twice", "empty names", "br in gzip", "three", "garbage in both",
    ],
)  # fmt: skip
def test_compressed_page_is_decoded_as_browsers_do(fetching: Fetch, coding: str, packed: bytes, pause: bool) -> None:
    whole = answer(body=packed, content_encoding=coding)
    head, _, body = whole.partition(b"\r\n\r\n")
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    chunked = head.replace(b"content-length", b"x-length") + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    with site(lambda request: chunked if pause else whole) as there:
        result = fetching(there.url, there)
    assert (result.last.problem, result.body) == (None, PAGE)


def test_content_encoding_on_two_lines_counts_twice(fetching: Fetch) -> None:
    packed = gzip.compress(gzip.compress(PAGE))
    with site(answer(body=packed, content_encoding="gzip", Content_Encoding="gzip")) as there:
        result = fetching(there.url, there)
    assert result.body == PAGE


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(PAGE) + b"\x1f\x8b\x08" + b"\xff" * 40),
        ("br", brotli.compress(PAGE * 20)[:20] + b"\xff" * 400),
        ("zstd", zstd.compress(PAGE) + b"\x28\xb5\x2f\xfd" + b"\xff" * 40),
        ("br, gzip", gzip.compress(PAGE)),
    ],
    ids=["gzip", "br", "zstd", "no br in gzip"],
)
def test_invalid_compressed_data_is_broken(fetching: Fetch, coding: str, packed: bytes) -> None:
    with site(answer(body=packed, content_encoding=coding)) as there:
        result = fetching(there.url, there)
    assert result.last.problem is FetchProblem.BAD_ENCODING


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", gzip.compress(b"\0" * MEGABYTE) * 64),
        ("zstd", zstd.compress(b"\0" * MEGABYTE) * 64),
        ("gzip, gzip", gzip.compress(gzip.compress(b"\0" * 64 * MEGABYTE))),
        ("gzip, br", brotli.compress(b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"a" * 64 * MEGABYTE, quality=4)),
        ("deflate, gzip", gzip.compress(zlib.compress(PAGE) + b"\0" * 64 * MEGABYTE)),
    ],
    ids=["members", "frames", "twice packed", "a file name between", "surplus between"],
)
def test_multi_member_and_layered_bombs_stop_at_the_budget(fetching: Fetch, coding: str, bomb: bytes) -> None:
    with site(answer(body=bomb, content_encoding=coding)) as there:
        result = fetching(there.url, there)
    assert result.last.problem is FetchProblem.BOMB
    assert result.last.decoded_bytes <= 2 * MEGABYTE


def test_empty_members_stop_at_the_budget(fetching: Fetch) -> None:
    empty = gzip.compress(b"") * 3000

    async def endless(request: SiteRequest) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
        while True:
            yield empty

    with site(endless) as there:
        result = fetching(there.url, there, limits=FetchLimits(seconds=30))
    assert result.last.cut
    assert result.last.wire_bytes <= 2 * MEGABYTE + 4096
