"""Content decodings as a stream, so that a decompression bomb costs no more than the budget it is stopped at."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

PIECE = 64 * 1024
"""Bytes that one step of decoding gives at most."""
ACCEPT_ENCODING = "gzip, deflate, br, zstd"


class BadEncoding(Exception):
    """The body isn't what its Content-Encoding says."""


class Decoder(Protocol):
    """Turns what came over the wire into pieces of at most PIECE bytes (brotli: about that)."""

    def pieces(self, data: bytes) -> Iterator[bytes]: ...


class Identity:
    """No encoding."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        yield data


class Zlib:
    """gzip and deflate; the latter with or without its zlib wrapper, since servers send both."""

    def __init__(self, coding: str) -> None:
        self._raw_allowed = coding == "deflate"
        self._stream = zlib.decompressobj(zlib.MAX_WBITS if self._raw_allowed else zlib.MAX_WBITS | 16)

    def pieces(self, data: bytes) -> Iterator[bytes]:
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


class Brotli:
    """br."""

    def __init__(self) -> None:
        self._stream: _BrotliStream = brotli.Decompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while piece := self._stream.process(data, output_buffer_limit=PIECE):
                yield piece
                data = b""
        except brotli.error:
            raise BadEncoding("not a brotli stream") from None


class Zstd:
    """zstd, one frame."""

    def __init__(self) -> None:
        self._stream = ZstdDecompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while not self._stream.eof:
                yield self._stream.decompress(data, PIECE)
                data = b""
                if self._stream.needs_input:
                    return
        except ZstdError as error:
            raise BadEncoding(str(error)) from error


def decoder_for(content_encoding: str) -> Decoder | None:
    """The decoder for a Content-Encoding header, or None for one that we don't read (several codings on top too)."""
    coding = content_encoding.strip().lower()
    if coding in ("", "identity"):
        return Identity()
    if coding in ("gzip", "x-gzip", "deflate"):
        return Zlib(coding)
    return Brotli() if coding == "br" else Zstd() if coding == "zstd" else None
