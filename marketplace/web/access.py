"""Access decorators for views: signed in, in good standing, admin; finer rules are each room's policy."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import make_response, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.core.errors import SUSPENDED, NotAllowed, NotFound
from marketplace.web.autosave import is_autosave, signed_out
from marketplace.web.carrying import sign_in_again
from marketplace.web.request import actor
from marketplace.web.typed import typed_now

P = ParamSpec("P")
R = TypeVar("R")


def signed_in(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Send visitors to sign in and bring them back with what they typed; suspended people may pass."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if not current_user.is_authenticated:
            if is_autosave():
                return make_response(signed_out())
            if typed := typed_now():
                return make_response(sign_in_again(typed), 401)
            back = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("security.login", next=back), code=303)
        return view(*args, **kwargs)

    guarded.__dict__["needs_sign_in"] = True  # functools.wraps copies it to every outer wrapper
    return guarded


def in_good_standing(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Require a signed-in, unsuspended person; for every view that writes."""

    @signed_in
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if actor().is_suspended:
            raise NotAllowed(SUSPENDED)
        return view(*args, **kwargs)

    return guarded


def admins_only(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Require an admin in good standing; answer 404 to everybody else."""

    @signed_in
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not actor().is_admin or actor().is_suspended:
            raise NotFound("There is no such page.")
        return view(*args, **kwargs)

    return guarded
