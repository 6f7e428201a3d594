"""Read the typed fields of a body that is too large, so that the refusal can give them back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import parse_qsl

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.multipart import Data, Field, File, MultipartDecoder, NeedData

CHUNK = 64 * 1024
MAX_TEXT = 4 * 1024 * 1024
"""Bytes of field text; longer text is kept by the browser's page, not by the server."""


def salvaged_form() -> MultiDict[str, str]:
    """The fields within the size limit; files are skipped and dropped."""
    if request.mimetype == "multipart/form-data":
        try:
            return _multipart(request.mimetype_params.get("boundary", ""))
        except (HTTPException, ValueError):
            return MultiDict()
    if request.mimetype == "application/x-www-form-urlencoded" and (request.content_length or 0) <= MAX_TEXT:
        body = b"".join(_chunks(MAX_TEXT)).decode("utf-8", "replace")
        return MultiDict[str, str](parse_qsl(body, keep_blank_values=True, max_num_fields=1000))
    return MultiDict()


def _multipart(boundary: str) -> MultiDict[str, str]:
    decoder = MultipartDecoder(boundary.encode("ascii"))
    fields = MultiDict[str, str]()
    name, text, size = "", b"", 0
    for chunk in _chunks(request.max_content_length or 0):
        decoder.receive_data(chunk)
        while not isinstance(event := decoder.next_event(), NeedData):
            if isinstance(event, Field | File):
                name, text = event.name if isinstance(event, Field) else "", b""
            elif isinstance(event, Data) and name:
                text, size = text + event.data, size + len(event.data)
                if size > MAX_TEXT:
                    return fields
                if not event.more_data:
                    fields.add(name, text.decode("utf-8", "replace"))
    return fields


def _chunks(most: int) -> Iterator[bytes]:
    """The raw body, up to `most` bytes of it."""
    stream: BinaryIO = request.environ["wsgi.input"]
    left = min(most, request.content_length or 0)
    while left > 0 and (chunk := stream.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk
