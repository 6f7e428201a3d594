"""Turn every refusal and failure into a page that says what happened and what to do next."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, MarketplaceError, NotAllowed, NotFound, Removed
from marketplace.core.outage import outage_of
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
    503: "We can't do that right now",
}
_HINTS = {
    404: "The address may be mistyped, or the page is not yours to see.",
    413: "Choose a smaller file, or shorten the text, and send the form again.",
    500: "Nothing you sent was stored halfway. Try again in a minute.",
    503: "Our database can't be used at the moment. Nothing is lost: try again in a minute.",
}

RETRY_SECONDS = 20
"""Retry-After of 503 answers, in seconds."""


def init_errors(app: Flask) -> None:
    """Register the handlers; each rolls the session back first."""

    def on_rule(error: MarketplaceError) -> ResponseReturnValue:
        link = error.link if isinstance(error, Conflict) else None
        return _page(STATUS.get(type(error), 422), str(error), link)

    def on_csrf(error: CSRFError) -> ResponseReturnValue:
        if shown_to_another():
            return _page(409, ANOTHER_PERSON)
        typed, signed_in = typed_now(), current_user.is_authenticated
        if is_autosave():
            return stale_token() if signed_in else signed_out()
        if typed and not signed_in and (needs_sign_in() or request.endpoint == SIGN_IN):
            return sign_in_again(typed), 401
        if seal := seal_of(typed):
            reason = "This page was open for too long, or you signed in again meanwhile."
            return carry_on(seal, reason, waits=is_brought_along()), 400
        return _page(
            400, "This form was open for too long, or cookies are off. Go back, reload the page and send it again."
        )

    def on_limit(error: RateLimitExceeded) -> ResponseReturnValue:
        return error.response or _page(429, "Wait a few minutes, then try again. This protects everyone's accounts.")

    def on_host(error: SecurityError) -> Response:  # no page: no address to build its links from
        return Response("This is not the address of this site.\n", status=400, mimetype="text/plain")

    def on_http(error: HTTPException) -> ResponseReturnValue:
        cause = getattr(error, "original_exception", None)
        if isinstance(cause, SQLAlchemyError):  # while another refusal was being rendered
            return on_database(cause)
        if error.code is None or error.code < 400:
            return error.get_response()
        return _page(error.code, _HINTS.get(error.code, error.description or ""))

    def on_database(error: SQLAlchemyError) -> ResponseReturnValue:
        reason = outage_of(error)
        if reason is None:
            return on_failure(error)
        log.exception("the database can't be used: %s", reason)
        response = make_response(_page(503, _HINTS[503]))
        response.retry_after = RETRY_SECONDS
        return response

    def on_failure(error: Exception) -> ResponseReturnValue:
        log.exception("unhandled error")
        return _page(500, _HINTS[500])

    app.register_error_handler(MarketplaceError, on_rule)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(RateLimitExceeded, on_limit)
    app.register_error_handler(SecurityError, on_host)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(SQLAlchemyError, on_database)
    app.register_error_handler(Exception, on_failure)


def _page(status: int, message: str, link: tuple[str, str] | None = None) -> ResponseReturnValue:
    """Roll back, and render the error in the site's layout if possible.

    `link` (address, words) is where to go on.
    """
    _let_go()
    if is_autosave():
        return not_saved(status, message)
    if status < 500:
        try:
            return render_template("error.html", link=link, **_context(status, message)), status
        except SQLAlchemyError as error:
            log.warning("a refusal is shown without its frame: %s", outage_of(error) or repr(error))
            _let_go()
    return _bare_page(status, message), status


def _let_go() -> None:
    """Roll back the request's transaction; drop a connection that no longer answers."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session().invalidate()


def _bare_page(status: int, message: str) -> str:
    """Render without database, Redis or session, neither here nor in what templates always get.

    Typed input is shown if available without them.
    """
    context = {"status": status, "title": TITLES.get(status, "Error"), "message": message, "layout": "bare.html"}
    try:
        context |= _typed(can_go_back=False)
    except SQLAlchemyError:
        _let_go()
    return current_app.jinja_env.get_template("error.html").render(context)


def _context(status: int, message: str) -> dict[str, Any]:
    """Template context: the error, and typed input with a way back into the form."""
    about = {"status": status, "title": TITLES.get(status, "Error"), "message": message}
    return about | _typed(can_go_back=True)


def _typed(*, can_go_back: bool) -> dict[str, Any]:
    """After our own failures give only the text: restoring the form may need whatever is broken."""
    typed = typed_now()
    words = words_of(typed)
    if not typed or not words:
        return {}
    seal = seal_of(typed) if can_go_back and not is_brought_along() else ""
    return {"typed": words, "path": typed.path, "had_files": typed.had_files, "seal": seal}
