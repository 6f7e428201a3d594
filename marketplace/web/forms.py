"""The base of every form: CSRF, an idempotency key, and answers of 422 that keep what was typed."""

from __future__ import annotations

import secrets
from typing import Any, cast

from flask import g, request
from flask_wtf import CSRFProtect, FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField
from wtforms.validators import Length

from marketplace.core.errors import Invalid
from marketplace.web.sealing import Typed, mark
from marketplace.web.typed import person_id, site_keys

csrf = CSRFProtect()
"""On for every POST; a view that is protected by a signed token instead says `@csrf.exempt`."""


class BaseForm(FlaskForm):
    """A form with CSRF protection that takes back what was typed into it before (see web.carrying).

    `key` makes a creating POST idempotent (see web.request.once); `by` says for whom the form is shown.
    """

    class Meta(FlaskForm.Meta):
        """Where a form's values come from."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """What was typed before, on the page that brings it back; else what this request sent."""
            typed: Typed | None = g.get("put_back")
            if typed and {name.split("-")[0] for name, _ in typed.fields} <= form._fields.keys():
                return MultiDict(typed.fields)
            return cast(Any, super()).wrap_formdata(form, formdata)

    key = HiddenField(validators=[Length(max=64)], default=lambda: secrets.token_urlsafe(18))
    by = HiddenField(default=lambda: BaseForm.shown_to())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        g.labels = {**g.get("labels", {}), **{name: field.label.text for name, field in self._fields.items()}}

    @staticmethod
    def shown_to() -> str:
        """The mark that says for whom a form is shown."""
        return mark(person_id(), site_keys())

    def is_sent(self) -> bool:
        """Whether this is a POST (so that a view reads: if form.is_sent() and form.validate())."""
        return request.method == "POST"

    def blame(self, field: str, message: str) -> None:
        """Put a service's complaint beside its field, or on top of the form when it names none."""
        target: Any = getattr(self, field, None)
        if target is None:
            self.form_errors.append(message)
        else:
            target.errors = [*target.errors, message]


class ActionForm(BaseForm):
    """A form that is only a button."""

    def demand_valid(self) -> None:
        """For a button that has no page of its own to complain on: raises Invalid when the form was tampered with."""
        if not self.validate():
            raise Invalid("key", "This page can’t be sent as it is. Open it again, and press the button once more.")


def status_of(form: FlaskForm) -> int:
    """200 for a fresh form, 422 for one that came back with errors."""
    return 422 if form.errors else 200
