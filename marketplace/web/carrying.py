"""Restore typed input into its form after sign-in, a stale token, or another button on the page.

Typed input travels as a seal (`web/sealing.py`) in a hidden input named `kept`. A page with that input posts it to the
form's own page; there the request continues as a GET whose form holds the input. So input is only shown, never carried
out or stored. Other sites can't do this: they have neither a token nor a seal for the person.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Flask, Response, abort, current_app, g, render_template, request
from flask_login import current_user

from marketplace.core.database import set_reading
from marketplace.core.errors import Conflict
from marketplace.web.forms import csrf
from marketplace.web.sealing import Typed, belongs_to
from marketplace.web.typed import (
    is_same_site,
    label_of,
    opened,
    person_id,
    rule_for_get,
    seal_of,
    shown_to_another,
    typed_now,
    words_of,
)

SIGN_IN = "security.login"
ASKING = (SIGN_IN, "security.verify")
"""Pages that ask for a password and carry typed input meanwhile."""
ANOTHER_PERSON = (
    "This page was opened by another account than the one that is signed in now. Nothing was sent. "
    "Sign in as that account to send it, or copy what you typed."
)


def init_carrying(app: Flask) -> None:
    """Register the hooks; call after setting up CSRF protection."""
    app.before_request(_put_back)
    app.before_request(_refuse_another_person)
    app.after_request(_carry_past)
    app.add_template_global(_kept_seal, "kept_seal")
    app.add_template_global(_brought_back, "brought_back")
    app.add_template_global(words_of)
    app.add_template_filter(label_of, "label_of")


def carry_on(seal: str, reason: str = "", *, waits: bool = False) -> str:
    """A page that posts typed input back to its form: by script if possible, else by its button.

    With `waits`, only by the button: a browser without cookies would loop for ever.
    """
    typed = opened(seal)
    path = typed.path if typed else "/"
    return render_template("kept/carry_on.html", seal=seal, path=path, reason=reason, waits=waits)


def sign_in_again(typed: Typed) -> str:
    """The sign-in page carrying typed input."""
    kind = current_app.extensions["security"].forms["login_form"]
    form = kind.instantiator("login_form", kind.cls, formdata=None)
    return render_template("security/login_user.html", login_user_form=form, kept=seal_of(typed), typed=words_of(typed))


def needs_sign_in() -> bool:
    """Whether the requested page is for signed-in people (see web.access.signed_in)."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "needs_sign_in", False)


def _put_back() -> None:
    """Turn a POST of a seal to the form's page into a GET whose form holds the input."""
    if request.method != "POST" or "kept" not in request.form or request.endpoint in ASKING:
        return
    csrf.protect()
    typed = opened(request.form["kept"])
    if typed is None or typed.path != request.path or not is_same_site():
        abort(400, "What was typed can’t be brought back any more: it was kept for two hours.")
    if not belongs_to(typed, person_id()):
        raise Conflict(ANOTHER_PERSON)
    g.put_back = typed
    request.method = "GET"
    set_reading(True)
    request.url_rule, arguments = rule_for_get(request.path)
    request.view_args = dict(arguments)
    request.routing_exception = None


def _refuse_another_person() -> None:
    if shown_to_another():
        raise Conflict(ANOTHER_PERSON)


def _carry_past(response: Response) -> Response:
    """After a password, or a button beside a form, return to the form with its input instead of redirecting."""
    if request.method != "POST" or response.status_code not in (302, 303):
        return response
    seal = request.form.get("kept", "") if request.endpoint in ASKING else _seal_beside()
    typed = opened(seal) if seal and current_user.is_authenticated else None
    if typed and belongs_to(typed, person_id()):
        response.status_code = 200
        del response.headers["Location"]
        response.content_type = "text/html; charset=utf-8"
        response.set_data(carry_on(seal))
    return response


def _seal_beside() -> str:
    """Seal the input of the page's other form, whose side button was pressed (`beside` names its fields)."""
    typed = typed_now() if "beside" in request.form else None
    if typed is None:
        return ""
    names = request.form["beside"].split()  # by script: the other form's fields; "1": button inside the form
    theirs = (field for field in typed.fields if names == ["1"] or field[0] in names)
    return seal_of(replace(typed, fields=tuple(field for field in theirs if field[0] != "key")))  # the button used it


def _kept_seal() -> str:
    """The seal that a page must pass on, such as the sign-in page after a wrong password."""
    return request.form.get("kept", "") if request.endpoint in ASKING and request.method == "POST" else ""


def _brought_back() -> Typed | None:
    return g.get("put_back")
