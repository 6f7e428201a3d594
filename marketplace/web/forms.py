"""The base of every form: CSRF, an idempotency key, and answers of 422 that keep what was typed."""

from __future__ import annotations

import secrets
from typing import Any

from flask import request
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import HiddenField
from wtforms.validators import Length

from marketplace.core.errors import Invalid

csrf = CSRFProtect()
"""On for every POST; a view that is protected by a signed token instead says `@csrf.exempt`."""


class BaseForm(FlaskForm):
    """A form with CSRF protection; `key` makes a creating POST idempotent (see web.request.once)."""

    key = HiddenField(validators=[Length(max=64)], default=lambda: secrets.token_urlsafe(18))

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
