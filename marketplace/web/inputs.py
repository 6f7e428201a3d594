"""Reject invalid input early: ids out of range, NUL bytes, a `next` that is no address."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

MAX_ROW_ID = 2**31 - 1
"""The largest id that both databases store."""


class RowIdConverter(IntegerConverter):
    """`<int:...>` in an address; a number above MAX_ROW_ID answers 404."""

    def __init__(self, map: Map) -> None:  # noqa: A002 (the base class names it so)
        super().__init__(map, max=MAX_ROW_ID)


def row_id(text: str) -> int:
    """Parse an id from a query string; raises ValueError if invalid, so that `args.get(type=row_id)` gives None."""
    number = int(text)
    if not 0 < number <= MAX_ROW_ID:
        raise ValueError("no row has this id")
    return number


def init_inputs(app: Flask) -> None:
    """Install the converter; refuse NUL bytes, which PostgreSQL can't store, and input that parsers reject."""
    app.url_map.converters["int"] = RowIdConverter
    app.before_request(_refuse_nul)
    app.before_request(_refuse_bad_next)


def _refuse_nul() -> None:
    texts = [request.path, *(value for values in request.args.listvalues() for value in values)]
    texts += [value for values in request.form.listvalues() for value in values]
    if any("\0" in text for text in texts):
        abort(400, "What was sent holds a NUL character, which no text has. Remove it and send it again.")


def _refuse_bad_next() -> None:
    for address in request.values.getlist("next"):
        try:
            urlsplit(address)
        except ValueError:
            abort(400, "The address of the page to go on to can't be read.")
