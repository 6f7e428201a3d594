"""JSON answers to the script that autosaves drafts: the result, as a state and as words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.web.forms import EditForm
from marketplace.web.typed import page_of_form

HEADER = "X-Autosave"
"""Header of each autosave request; such a request is answered by JSON in all cases."""
AUTOSAVES = "60 per minute; 2000 per hour"
"""Rate limit of a form that autosaves."""


def is_autosave() -> bool:
    """Whether the autosave script sent this request."""
    return HEADER in request.headers


def saved(form: EditForm) -> ResponseReturnValue:
    """All is stored; `seen` identifies the stored version for the next save."""
    return {"state": "saved", "seen": form.seen.data}


def saved_but(form: EditForm) -> ResponseReturnValue:
    """Stored, except the named fields with errors."""
    for field in form:
        if field.errors:
            what = next(iter(_flat(field.errors)), "This can’t be kept as it is.")
            words = f"Saved, except for “{field.label.text}”: {what}"
            return {"state": "invalid", "seen": form.seen.data, "words": words, "field": field.id}, 422
    return not_saved(422, next(iter(form.form_errors), "Something on this page needs mending."))


def conflict() -> ResponseReturnValue:
    """Not stored: something newer is; submitting the form shows both texts."""
    return {"state": "conflict", "words": "Not saved: this was changed in another window."}, 409


def signed_out() -> ResponseReturnValue:
    """Not stored: signed out; the script offers to sign in in another tab and then goes on."""
    link = url_for("security.login", next=page_of_form())
    return {"state": "signed_out", "words": "Not saved: you are signed out.", "link": link}, 401


def stale_token() -> ResponseReturnValue:
    """Not stored yet: the person signed in again meanwhile, so the page gets a new token and saves once more."""
    fresh_token: Callable[[], str] = cast(Any, current_app.jinja_env.globals)["csrf_token"]
    return {"state": "stale", "token": fresh_token()}, 400


def not_saved(status: int, message: str) -> ResponseReturnValue:
    """Not stored, for a reason other than a field's; the script retries where that may help."""
    state = "later" if status == 429 or status >= 500 else "refused"
    return {"state": state, "words": f"Not saved: {message}"}, status


def _flat(errors: Any) -> list[str]:
    """Flatten a field's errors, which nest where fields do."""
    if isinstance(errors, str):
        return [errors]
    inner: Iterable[Any] = cast("dict[str, Any]", errors).values() if isinstance(errors, dict) else errors
    return [sentence for one in inner for sentence in _flat(one)]
