"""Slow down password guessing: only wrong tries count, and the owner's known devices ignore strangers' tries."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_security.core import Security
from flask_security.forms import ChangePasswordForm, LoginForm, VerifyForm
from flask_security.mail_util import EmailValidateException
from flask_security.signals import password_reset, user_authenticated
from werkzeug.exceptions import TooManyRequests

from marketplace.accounts.models import User
from marketplace.accounts.services import tries
from marketplace.accounts.views.known_devices import device_known_to, remember_device
from marketplace.accounts.wording import REFUSED
from marketplace.core.database import db
from marketplace.web.limits import network
from marketplace.web.password_again import note_password_given
from marketplace.web.request import actor, actor_or_none, now, settings


class SignInForm(LoginForm):
    """Record whether the password was right, which the answer hides where the address is not confirmed."""

    def validate(self, **kwargs: Any) -> bool:
        valid = super().validate(**kwargs)
        if self.ifield is not None:
            g.password_was_right = self.user_authenticated
        return valid


class _OwnPassword:
    """A form with a field `password` for the signed-in person's current password."""

    password: Any

    def validate(self, **kwargs: Any) -> bool:
        valid = cast(Any, super()).validate(**kwargs)
        g.password_was_right = REFUSED["INVALID_PASSWORD"] not in self.password.errors
        if valid:
            note_password_given()
        return bool(valid)


class OwnPasswordForm(_OwnPassword, VerifyForm):
    """The current password once more."""


class NewPasswordForm(_OwnPassword, ChangePasswordForm):
    """The current and the new password."""


def count_tries(app: Flask) -> None:
    """Install the counting; call once Flask-Security has registered its views."""
    views = app.view_functions
    views["security.login"] = _counting_sign_ins(views["security.login"])
    for name in ("security.verify", "security.change_password"):
        views[name] = _counting_own_password(views[name])
    user_authenticated.connect(_know_device, app)
    password_reset.connect(_know_device_anew, app)


def _counting_sign_ins(view: Any) -> Callable[[], ResponseReturnValue]:
    def sign_in() -> ResponseReturnValue:
        account = _account_typed()
        if request.method != "POST" or actor_or_none() is not None or not account or not request.form.get("password"):
            return view()
        counters = tries.sign_in_counters(account, network(), device_known_to(account))
        made = tries.begin_try(counters, now())
        db.session.commit()
        if made.wait:
            return _wait_first(made.wait)
        answer = view()
        if _was_wrong():
            if made.slows:
                tries.tell_owner(account, settings().site_url, now())
        else:
            tries.forgive_try(made)
        db.session.commit()
        return answer

    return sign_in


def _counting_own_password(view: Any) -> Callable[[], ResponseReturnValue]:
    def enter() -> ResponseReturnValue:
        if request.method != "POST" or actor_or_none() is None:
            return view()
        made = tries.begin_try(tries.own_password_counters(actor()), now())
        db.session.commit()
        if made.wait:
            words = f"Too many wrong passwords were entered. Wait {_in_words(made.wait)}, or choose a new one by mail."
            raise TooManyRequests(words, retry_after=math.ceil(made.wait.total_seconds()))
        answer = view()
        if not _was_wrong():
            tries.forgive_try(made)
        db.session.commit()
        return answer

    return enter


def _was_wrong() -> bool:
    """Whether this request checked a password, and it was wrong."""
    return not g.get("password_was_right", True)


def _account_typed() -> str:
    """The typed address, normalized; "" for an invalid one."""
    security: Security = current_app.extensions["security"]
    try:
        return security.mail_util.normalize(request.form.get("email", ""))
    except EmailValidateException:
        return ""


def _wait_first(wait: timedelta) -> ResponseReturnValue:
    """The sign-in page with the input and the waiting time; the same for known and unknown accounts."""
    form = SignInForm()
    form.form_errors.append(
        f"Too many wrong passwords were entered for this address or from your network. Wait {_in_words(wait)}, or "
        "choose a new password (“Forgot your password?” below): after that you can sign in at once."
    )
    page = render_template("security/login_user.html", login_user_form=form)
    return page, 429, {"Retry-After": str(math.ceil(wait.total_seconds()))}


def _in_words(wait: timedelta) -> str:
    seconds = math.ceil(wait.total_seconds())
    number, unit = (seconds, "second") if seconds < 90 else (math.ceil(seconds / 60), "minute")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _know_device(_app: Flask, user: User, **_: Any) -> None:
    note_password_given()
    remember_device(user.email)


def _know_device_anew(_app: Flask, user: User, **_: Any) -> None:
    """Whoever opened the mailed link owns the account, so others' tries must not count for this device."""
    remember_device(user.email, anew=True)
