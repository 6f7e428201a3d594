"""What we add to Flask-Security's pages: limits on tries, and 422 for forms that come back with errors."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, Response, g, request, template_rendered
from flask_limiter.util import get_remote_address
from flask_wtf import FlaskForm

from marketplace.web.limits import SIGN_INS, limiter

LIMITED = ("login", "register", "forgot_password", "reset_password", "send_confirmation", "change_password")


def guard_pages(app: Flask) -> None:
    """Call once Flask-Security has registered its views."""
    for name in LIMITED:
        _limit(app, f"security.{name}")
    template_rendered.connect(_notice_errors, app)
    app.after_request(_answer_errors_with_422)


def _limit(app: Flask, endpoint: str) -> None:
    """Limit tries by address and by the account that they are aimed at."""
    view = app.view_functions[endpoint]
    by_address = limiter.limit(SIGN_INS, methods=["POST"], key_func=get_remote_address)
    by_account = limiter.limit(SIGN_INS, methods=["POST"], key_func=_account_aimed_at)
    limited: Any = by_account(by_address(view))
    app.view_functions[endpoint] = limited


def _account_aimed_at() -> str:
    return f"account:{request.form.get('email', '').strip().lower()[:255] or secrets.token_hex(8)}"


def _notice_errors(_app: Flask, context: dict[str, Any], **_: Any) -> None:
    if request.blueprint == "security" and request.method == "POST":
        g.form_came_back = any(isinstance(value, FlaskForm) and value.errors for value in context.values())


def _answer_errors_with_422(response: Response) -> Response:
    if response.status_code == 200 and g.get("form_came_back"):
        response.status_code = 422
    return response
