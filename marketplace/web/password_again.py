"""Ask for the password again before acts that move money or decide who owns an account (docs/decisions/0035)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import current_app, make_response, render_template, request, session
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.web.request import actor, now
from marketplace.web.typed import page_of_form, seal_of, typed_now, words_of

P = ParamSpec("P")
R = TypeVar("R")

GOOD_FOR = timedelta(minutes=10)
"""How long an entered password counts as fresh, within its session."""
_GIVEN_AT = "password_given_at"
"""Seconds since 1970, by the product's clock."""


def password_again(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Require a fresh password for a POST; without one nothing is carried out.

    Once it is given, typed input returns to its form for another click. A POST without input leads back to the page
    with its button.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if request.method == "POST" and current_user.is_authenticated and not is_password_fresh():
            return make_response(_ask(), 401)
        return view(*args, **kwargs)

    guarded.__dict__["asks_password_again"] = True  # functools.wraps copies it to every outer wrapper
    return guarded


def note_password_given() -> None:
    """Record that this session's person has just given the right password."""
    session[_GIVEN_AT] = now().timestamp()


def is_password_fresh() -> bool:
    """Whether the password was given in this session, and recently enough."""
    given_at = session.get(_GIVEN_AT)
    return isinstance(given_at, float) and 0 <= now().timestamp() - given_at <= GOOD_FOR.total_seconds()


def _ask() -> str:
    """The page that asks for it, with typed input sealed (see web.sealing)."""
    typed = typed_now()
    kind = current_app.extensions["security"].forms["verify_form"]
    form = kind.instantiator("verify_form", kind.cls, formdata=None, user=actor())
    form.next.data = page_of_form()
    return render_template("security/verify.html", verify_form=form, kept=seal_of(typed), typed=words_of(typed))
