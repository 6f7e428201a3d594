"""Turns every refusal and failure into a page that says what happened and what to do next."""

from __future__ import annotations

import logging

from flask import Flask, Response, render_template
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, MarketplaceError, NotAllowed, NotFound, Removed

log = logging.getLogger(__name__)

STATUS: dict[type[MarketplaceError], int] = {NotAllowed: 403, NotFound: 404, Conflict: 409, Removed: 410, Invalid: 422}
TITLES = {
    400: "That request can't be read",
    401: "Sign in first",
    403: "You can't do that",
    404: "Page not found",
    405: "That can't be done here",
    409: "This has changed",
    410: "This was removed",
    413: "That file is too large",
    422: "Something needs mending",
    429: "Too many tries",
    500: "Something broke on our side",
    503: "We can't reach our database",
}
_HINTS = {
    404: "The address may be mistyped, or the page is not yours to see.",
    413: "Choose a smaller file and send the form again.",
    500: "Nothing you sent was stored halfway. Try again in a minute.",
    503: "Nothing is lost. Try again in a minute.",
}


def init_errors(app: Flask) -> None:
    """Register the handlers; each rolls the session back first."""

    def page(status: int, message: str) -> tuple[str, int]:
        db.session.rollback()
        return render_template("error.html", status=status, title=TITLES.get(status, "Error"), message=message), status

    def on_rule(error: MarketplaceError) -> tuple[str, int]:
        return page(STATUS.get(type(error), 422), str(error))

    def on_csrf(error: CSRFError) -> tuple[str, int]:
        return page(
            400, "This form was open for too long, or cookies are off. Go back, reload the page and send it again."
        )

    def on_limit(error: RateLimitExceeded) -> ResponseReturnValue:
        return error.response or page(429, "Wait a few minutes, then try again. This protects everyone's accounts.")

    def on_host(error: SecurityError) -> Response:  # no page: there is no address to build its links from
        return Response("This is not the address of this site.\n", status=400, mimetype="text/plain")

    def on_http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error.get_response()
        return page(error.code, _HINTS.get(error.code, error.description or ""))

    def on_database(error: OperationalError) -> tuple[str, int]:
        log.exception("database unreachable")
        return page(503, _HINTS[503])

    def on_failure(error: Exception) -> tuple[str, int]:
        log.exception("unhandled error")
        return page(500, _HINTS[500])

    app.register_error_handler(MarketplaceError, on_rule)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(RateLimitExceeded, on_limit)
    app.register_error_handler(SecurityError, on_host)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(OperationalError, on_database)
    if not app.testing:
        app.register_error_handler(Exception, on_failure)
