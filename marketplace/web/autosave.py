"""The answers to a script that saves a draft while somebody types: what became of it, in a state and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.web.forms import EditForm
from marketplace.web.typed import page_of_form

HEADER = "X-Autosave"
"""The script sends it with each save; such a request is answered by JSON, whatever happens."""
AUTOSAVES = "60 per minute; 2000 per hour"
"""How often a form that saves itself may be sent."""


def is_autosave() -> bool:
    """Whether the script sent this request."""
    return HEADER in request.headers


def saved(form: EditForm) -> ResponseReturnValue:
    """All of it is stored; its `seen` says for the next save what is stored now."""
    return {"state": "saved", "seen": form.seen.data}


def saved_but(form: EditForm) -> ResponseReturnValue:
    """Stored except for the fields with errors, which are named."""
    for field in form:
        if field.errors:
            what = next(iter(_flat(field.errors)), "This can’t be kept as it is.")
            words = f"Saved, except for “{field.label.text}”: {what}"
            return {"state": "invalid", "seen": form.seen.data, "words": words, "field": field.id}, 422
    return not_saved(422, next(iter(form.form_errors), "Something on this page needs mending."))


def conflict() -> ResponseReturnValue:
    """Not stored: something newer is; sending the form shows both texts."""
    return {"state": "conflict", "words": "Not saved: this was changed in another window."}, 409


def signed_out() -> ResponseReturnValue:
    """Not stored: nobody is signed in any more; the script offers to sign in beside and goes on then."""
    link = url_for("security.login", next=page_of_form())
    return {"state": "signed_out", "words": "Not saved: you are signed out.", "link": link}, 401


def stale_token() -> ResponseReturnValue:
    """Not stored yet: the person signed in again meanwhile, so the page gets a new token and saves once more."""
    fresh_token: Callable[[], str] = cast(Any, current_app.jinja_env.globals)["csrf_token"]
    return {"state": "stale", "token": fresh_token()}, 400


def not_saved(status: int, message: str) -> ResponseReturnValue:
    """Not stored, for a reason that is no field's; the script tries again where that may help."""
    state = "later" if status == 429 or status >= 500 else "refused"
    return {"state": state, "words": f"Not saved: {message}"}, status


def _flat(errors: Any) -> list[str]:
    """The sentences among a field's errors, which nest where fields do."""
    if isinstance(errors, str):
        return [errors]
    inner: Iterable[Any] = cast("dict[str, Any]", errors).values() if isinstance(errors, dict) else errors
    return [sentence for one in inner for sentence in _flat(one)]
