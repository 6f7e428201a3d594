"""Turns every refusal and failure into a page that says what happened and what to do next."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, MarketplaceError, NotAllowed, NotFound, Removed
from marketplace.web.autosave import is_autosave, not_saved, signed_out, stale_token
from marketplace.web.carrying import ANOTHER_PERSON, SIGN_IN, carry_on, needs_sign_in, sign_in_again
from marketplace.web.typed import is_brought_along, seal_of, shown_to_another, typed_now, words_of

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
    413: "That is too large",
    422: "Something needs mending",
    429: "Too many tries",
    500: "Something broke on our side",
    503: "We can't reach our database",
}
_HINTS = {
    404: "The address may be mistyped, or the page is not yours to see.",
    413: "Choose a smaller file, or shorten the text, and send the form again.",
    500: "Nothing you sent was stored halfway. Try again in a minute.",
    503: "Nothing is lost. Try again in a minute.",
}


def init_errors(app: Flask) -> None:
    """Register the handlers; each rolls the session back first."""

    def page(status: int, message: str) -> ResponseReturnValue:
        db.session.rollback()
        if is_autosave():
            return not_saved(status, message)
        return render_template("error.html", **_context(status, message)), status

    def on_rule(error: MarketplaceError) -> ResponseReturnValue:
        return page(STATUS.get(type(error), 422), str(error))

    def on_csrf(error: CSRFError) -> ResponseReturnValue:
        if shown_to_another():
            return page(409, ANOTHER_PERSON)
        typed, signed_in = typed_now(), current_user.is_authenticated
        if is_autosave():
            return stale_token() if signed_in else signed_out()
        if typed and not signed_in and (needs_sign_in() or request.endpoint == SIGN_IN):
            return sign_in_again(typed), 401
        if seal := seal_of(typed):
            return carry_on(seal, "This page was open for too long, or you signed in again meanwhile."), 400
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

    def on_database(error: OperationalError) -> ResponseReturnValue:
        log.exception("database unreachable")
        return page(503, _HINTS[503])

    def on_failure(error: Exception) -> ResponseReturnValue:
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


def _context(status: int, message: str) -> dict[str, Any]:
    """What the page shows: what happened, and what was typed with a way back into the form.

    After our own failures it only shows the text: whatever is broken may be needed to make a way back.
    """
    context = {"status": status, "title": TITLES.get(status, "Error"), "message": message}
    typed = typed_now()
    words = words_of(typed)
    if typed and words:
        context |= {"typed": words, "path": typed.path, "had_files": typed.had_files}
        context["seal"] = seal_of(typed) if status < 500 and not is_brought_along() else ""
    return context
