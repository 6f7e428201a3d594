"""Additions to Flask-Security's pages: limits on tries, 422 for forms with errors, 303 after a POST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from marketplace.accounts.views.mailed_links import even_out
from marketplace.accounts.views.tries import count_tries
from marketplace.core.database import db
from marketplace.web.limits import MAILED_LINKS, NEW_ADDRESSES, SIGN_INS, limiter, network
from marketplace.web.password_again import password_again
from marketplace.web.request import actor_or_none, see_other

BY_NETWORK = {
    "login": SIGN_INS,
    "reset_password": SIGN_INS,
    "change_password": SIGN_INS,
    "verify": SIGN_INS,
    "register": MAILED_LINKS,
    "forgot_password": MAILED_LINKS,
    "send_confirmation": MAILED_LINKS,
    "change_email": MAILED_LINKS,
}
"""Page -> rate limit per network. Nothing here counts per account, so that nobody can use up its owner's tries;
accounts/throttling.py limits those."""


def page(template: str, **context: Any) -> Any:
    """Flask-Security's renderer: 422 for a form with errors, else redirect to the page after a POST (303)."""
    if request.method != "POST" or template.startswith("security/email/"):
        return render_template(template, **context)
    if any(isinstance(value, FlaskForm) and value.errors for value in context.values()):
        return render_template(template, **context), 422
    return see_other(request.path)


def lead_to_sign_in(*_: Any, **__: Any) -> BaseResponse:
    """For Flask-Security's own pages: redirect to sign-in, and from there back."""
    return redirect(url_for("security.login", next=request.path))


def guard_pages(app: Flask) -> None:
    """Install the limits; call once Flask-Security has registered its views."""
    views = app.view_functions
    count_tries(app)
    even_out(app)
    for name, limit in BY_NETWORK.items():
        views[f"security.{name}"] = _limited(views[f"security.{name}"], limit, network)
    views["security.change_email"] = _limited(views["security.change_email"], NEW_ADDRESSES, _person)
    views["security.change_email"] = password_again(views["security.change_email"])
    views["security.register"] = _once_an_address(views["security.register"])
    app.before_request(_take_forms_only)
    app.after_request(_see_other_after_a_post)


def _limited(view: Any, limit: str, key: Callable[[], str]) -> Any:
    return cast(Any, limiter.limit(limit, methods=["POST"], key_func=key)(view))


def _person() -> str:
    person = actor_or_none()
    return f"user:{person.id}" if person else network()


def _once_an_address(register: Any) -> Callable[[], ResponseReturnValue]:
    """Of two simultaneous sign-ups with one address the second answers as if it had been the only one."""

    def sign_up() -> ResponseReturnValue:
        try:
            return register()
        except IntegrityError:
            db.session.rollback()
            return see_other(url_for("accounts.sign_up_sent"))

    return sign_up


def _take_forms_only() -> None:
    """Refuse JSON, to which Flask-Security answers with tokens; our pages and limits handle forms only."""
    if request.blueprint == "security" and request.is_json:
        abort(415)


def _see_other_after_a_post(response: Response) -> Response:
    if request.blueprint == "security" and request.method == "POST" and response.status_code == 302:
        response.status_code = 303
    return response
