"""CSV for spreadsheets: Unicode-safe, and protected against formula injection."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

from marketplace.web.downloads import CSV, download

BOM = "\ufeff"
"""Makes Excel read the file as UTF-8 instead of a legacy encoding."""
_FORMULA = re.compile(r"(^|[;\t\r\n])(?=[=+\-@＝＋－＠\t\r])")
"""Start of a cell followed by a formula character; in many locales a semicolon separates cells."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def csv_file(name: str, rows: Iterable[Sequence[str]]) -> Response:
    """Send the rows as a download; the first row is the header."""
    return download(stream_with_context(_lines(rows)), CSV, name)


def _lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield BOM
    for row in rows:
        out = io.StringIO()
        csv.writer(out).writerow([harmless(value) for value in row])
        yield out.getvalue()


def harmless(value: str) -> str:
    """Prefix an apostrophe wherever a spreadsheet would compute a formula; numbers stay unchanged.

    >>> harmless("=1+1"), harmless("-5.20"), harmless("a;=1+1")
    ("'=1+1", '-5.20', "a;'=1+1")
    """
    return value if _NUMBER.fullmatch(value) else _FORMULA.sub(r"\1'", value)
