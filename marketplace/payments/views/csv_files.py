"""CSV as spreadsheets open it: letters of every language kept, and no text that people wrote taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

from marketplace.web.downloads import CSV, download

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for an older encoding of the machine's country."""
_FORMULA = re.compile(r"(^|[;\t\r\n])(?=[=+\-@＝＋－＠\t\r])")
"""Where a cell may begin, and what a formula begins with; in many countries a semicolon begins the next cell."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def csv_file(name: str, rows: Iterable[Sequence[str]]) -> Response:
    """The rows as a file to download, the first one its headings."""
    return download(stream_with_context(_lines(rows)), CSV, name)


def _lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield BOM
    for row in rows:
        out = io.StringIO()
        csv.writer(out).writerow([harmless(value) for value in row])
        yield out.getvalue()


def harmless(value: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would compute; numbers stay numbers.

    >>> harmless("=1+1"), harmless("-5.20"), harmless("a;=1+1")
    ("'=1+1", '-5.20', "a;'=1+1")
    """
    return value if _NUMBER.fullmatch(value) else _FORMULA.sub(r"\1'", value)
