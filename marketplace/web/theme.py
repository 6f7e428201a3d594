"""Light, dark or the device's choice: one cookie, set by a plain form in the footer."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from marketplace.web.filters import THEMES
from marketplace.web.request import next_path, see_other, settings

bp = Blueprint("web", __name__)
ONE_YEAR_SECONDS = 365 * 24 * 3600


@bp.post("/theme")
def theme() -> Response:
    """Store the chosen theme and return to the page on which it was chosen."""
    chosen = request.form.get("theme", "auto")
    response = see_other(next_path("/"))
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=ONE_YEAR_SECONDS, httponly=True, samesite="Lax", secure=settings().serves_https
        )
    return response
