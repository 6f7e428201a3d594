"""Streaming Content-Encoding decoders, so that a decompression bomb stops at the budget."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Protocol, cast

import brotli

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

PIECE = 64 * 1024
"""Bytes that one step of decoding gives at most."""
ACCEPT_ENCODING = "gzip, deflate, br, zstd"


MOST_CODINGS = 5
"""Stacked encodings accepted; nobody needs two, and each costs a pass."""
_GZIP_MEMBER = b"\x1f\x8b\x08"
_ZSTD_FRAMES = frozenset({b"\x28\xb5\x2f\xfd", *(bytes([kind]) + b"\x2a\x4d\x18" for kind in range(0x50, 0x60))})
"""How a frame or a skippable frame begins (RFC 8878, 3.1)."""


class BadEncoding(Exception):
    """The body isn't encoded as its Content-Encoding says."""


class TooMuch(Exception):
    """The data between two stacked encodings exceeds the budget."""


class Decoder(Protocol):
    """Decodes the body into pieces of at most PIECE bytes (brotli: about that).

    Bytes after the end of the content are ignored, as browsers do.
    """

    def pieces(self, data: bytes) -> Iterator[bytes]: ...


class Identity:
    """No encoding."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        yield data


class Gzip:
    """All members of a gzip (RFC 1952, 2.2); `may_be_plain`: what does not begin like one is passed on as it is."""

    def __init__(self, *, may_be_plain: bool = False) -> None:
        self._may_be_plain, self._is_plain, self._is_over = may_be_plain, False, False
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._next = b""
        """Bytes after a member, still too few to tell whether another begins."""
        self._is_between = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._may_be_plain and data:
            self._may_be_plain, self._is_plain = False, data[0] != _GZIP_MEMBER[0]
        if self._is_plain:
            yield data
            return
        while data and not self._is_over:
            if self._is_between and not (data := self._begin(data)):
                return
            try:
                piece = self._stream.decompress(data, PIECE)
            except zlib.error as error:
                raise BadEncoding(str(error)) from error
            self._is_between = self._stream.eof
            data = self._stream.unused_data if self._is_between else self._stream.unconsumed_tail
            yield piece

    def _begin(self, data: bytes) -> bytes:
        """Start the next member and return its bytes so far; empty if there is none, or not yet."""
        self._next += data
        head = self._next[: len(_GZIP_MEMBER)]
        self._is_over = not _GZIP_MEMBER.startswith(head)
        if self._is_over or len(head) < len(_GZIP_MEMBER):
            return b""
        self._stream, self._is_between = zlib.decompressobj(zlib.MAX_WBITS | 16), False
        data, self._next = self._next, b""
        return data


class Deflate:
    """deflate, with or without its zlib wrapper, since servers send both."""

    def __init__(self) -> None:
        self._raw_allowed, self._stream = True, zlib.decompressobj()
        self._head = b""
        """The first byte, kept until the second: both tell whether there is a zlib wrapper."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        data, self._head = self._head + data, b""
        if self._raw_allowed and len(data) < 2:
            self._head = data
            return
        while data and not self._stream.eof:
            try:
                piece = self._stream.decompress(data, PIECE)
            except zlib.error as error:
                if not self._raw_allowed:
                    raise BadEncoding(str(error)) from error
                self._raw_allowed, self._stream = False, zlib.decompressobj(-zlib.MAX_WBITS)
                continue
            self._raw_allowed = False
            data = self._stream.unconsumed_tail
            yield piece


class _BrotliStream(Protocol):
    """The part of brotli's untyped decompressor that we use."""

    def process(self, data: bytes, *, output_buffer_limit: int) -> bytes: ...

    def is_finished(self) -> bool: ...


class Brotli:
    """br; its library fails on bytes after the end, so around an error the input is decoded again byte by byte."""

    def __init__(self) -> None:
        self._stream = _brotli_stream()
        self._read: list[bytes] = []
        self._given = 0
        self._is_over = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._is_over or self._stream.is_finished():
            return
        try:
            for piece in _unpacked(self._stream, data):
                self._given += len(piece)
                yield piece
        except brotli.error:
            yield from self._up_to_the_end(data)
        self._read.append(data)

    def _up_to_the_end(self, data: bytes) -> Iterator[bytes]:
        """The rest of a stream that ends within `data`; raises BadEncoding if it doesn't."""
        self._is_over = True
        stream = _brotli_stream()
        known = self._given
        single = (data[at : at + 1] for at in range(len(data)))
        try:
            for part in chain(self._read, single):
                for piece in _unpacked(stream, part):
                    if new := piece[known:]:
                        yield new
                    known = max(0, known - len(piece))
                if stream.is_finished():
                    return
        except brotli.error:
            pass
        raise BadEncoding("not a brotli stream")


def _brotli_stream() -> _BrotliStream:
    return cast(_BrotliStream, brotli.Decompressor())


def _unpacked(stream: _BrotliStream, data: bytes) -> Iterator[bytes]:
    while piece := stream.process(data, output_buffer_limit=PIECE):
        yield piece
        data = b""


class Zstd:
    """All frames of zstd."""

    def __init__(self) -> None:
        self._stream, self._is_over = ZstdDecompressor(), False
        self._next = b""
        """Bytes after a frame, still too few to tell whether another begins."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while not self._is_over:
                if self._stream.eof and not (data := self._begin(data)):
                    return
                yield self._stream.decompress(data, PIECE)
                data = self._stream.unused_data if self._stream.eof else b""
                if not self._stream.eof and self._stream.needs_input:
                    return
        except ZstdError as error:
            raise BadEncoding(str(error)) from error

    def _begin(self, data: bytes) -> bytes:
        """Start the next frame and return its bytes so far; empty if there is none, or not yet."""
        self._next += data
        head = self._next[:4]
        self._is_over = not any(frame.startswith(head) for frame in _ZSTD_FRAMES)
        if self._is_over or len(head) < 4:
            return b""
        self._stream = ZstdDecompressor()
        data, self._next = self._next, b""
        return data


class Stack:
    """Two stacked encodings, the last one decoded first; raises TooMuch for more than `budget` bytes between them."""

    def __init__(self, first: Decoder, second: Decoder, budget: int) -> None:
        self._first, self._second, self._left = first, second, budget

    def pieces(self, data: bytes) -> Iterator[bytes]:
        for piece in self._first.pieces(data):
            self._left -= len(piece)
            if self._left < 0:
                raise TooMuch
            yield from self._second.pieces(piece)


def decoder_for(content_encoding: str, budget: int) -> Decoder | None:
    """The decoder for all that Content-Encoding lists, or None for a coding that we don't read, or too many of them.

    `budget` (bytes) bounds what one coding hands to the next. Where gzip is named again, what came out of it may be the
    page already: servers name it twice and do it once.
    """
    names = [name for part in content_encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(names) > MOST_CODINGS or not all(name in _DECODERS for name in names):
        return None
    decoder: Decoder | None = None
    for name in reversed(names):
        under = _DECODERS[name]() if decoder is None or name not in _GZIPS else Gzip(may_be_plain=True)
        decoder = under if decoder is None else Stack(decoder, under, budget)
    return decoder or Identity()


_GZIPS = frozenset({"gzip", "x-gzip"})
_DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": Gzip, "x-gzip": Gzip, "deflate": Deflate, "br": Brotli, "zstd": Zstd,
}  # fmt: skip
