"""Responses that browsers save as files."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

PDF, CALENDAR, CSV = "application/pdf", "text/calendar; charset=utf-8", "text/csv; charset=utf-8"


def download(content: str | bytes | Iterable[str], media_type: str, filename: str) -> Response:
    """Respond with a file that the browser saves as `filename`."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
