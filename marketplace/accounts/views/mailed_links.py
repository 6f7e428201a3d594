"""Make requesting a mailed link cost the same work whether or not the account exists (against timing probes)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_security.confirmable import send_confirmation_instructions  # pyright: ignore[reportUnknownVariableType]
from flask_security.core import Security
from flask_security.mail_util import EmailValidateException
from flask_security.recoverable import send_reset_password_instructions  # pyright: ignore[reportUnknownVariableType]
from flask_security.utils import hash_password
from sqlalchemy import inspect

from marketplace.accounts.models import User
from marketplace.accounts.services.tries import begin_try, link_counters
from marketplace.core.database import db
from marketplace.core.outbox import post_mail

LINKS = tuple(
    f"security/email/{kind}"
    for kind in (
        "reset_instructions",
        "confirmation_instructions",
        "change_email_instructions",
        "welcome",
        "welcome_existing",
    )
)
"""Views through which anybody can have mails sent to anybody; mails per address are limited."""


NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$" + "A" * 22 + "$" + "A" * 43


def even_out(app: Flask) -> None:
    """Install the wrappers; call once Flask-Security has registered its views."""
    views = app.view_functions
    views["security.forgot_password"] = _evened(
        views["security.forgot_password"],
        known=lambda: hash_password("as for nobody"),  # Flask-Security does so where there is no account
        unknown=cast(Any, send_reset_password_instructions),
    )
    views["security.send_confirmation"] = _evened(
        views["security.send_confirmation"], known=lambda: None, unknown=cast(Any, send_confirmation_instructions)
    )


def post_link(template: str, to: str, subject: str, text: str, user: Any, now: datetime) -> None:
    """Queue one of Flask-Security's mails and commit, which it does itself only after some of its views.

    None is queued while an earlier mail's link still works; one without an account is written and rolled back.
    """
    if template in LINKS and begin_try(link_counters(template, to), now).wait:
        g.link_mailed = not _is_nobody(user)
    elif _is_nobody(user):
        with db.session.begin_nested() as written:
            post_mail(to, subject, text, now)
            db.session.flush()
            written.rollback()
    else:
        g.link_mailed = True
        post_mail(to, subject, text, now)
    db.session.commit()


def _is_nobody(user: Any) -> bool:
    return isinstance(user, User) and bool(inspect(user).transient)


def _evened(view: Any, known: Callable[[], Any], unknown: Callable[[User], Any]) -> Callable[[], ResponseReturnValue]:
    def ask() -> ResponseReturnValue:
        answer = view()
        if request.method == "POST":
            if g.get("link_mailed"):
                known()
            elif nobody := _nobody(request.form.get("email", "")):
                unknown(nobody)
        return answer

    return ask


def _nobody(typed: str) -> User | None:
    """A stand-in for an account at this address; None for an invalid address."""
    security: Security = current_app.extensions["security"]
    try:
        email = security.mail_util.normalize(typed)
    except EmailValidateException:
        return None
    return User(email=email, password=NOBODYS_HASH, fs_uniquifier="0" * 32, name="", roles=[])
