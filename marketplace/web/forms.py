"""Base of every form: CSRF, an idempotency key, and 422 answers that keep the input."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any, Self, cast

from flask import g, request
from flask_wtf import CSRFProtect, FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, FileField, HiddenField
from wtforms.fields.choices import SelectFieldBase
from wtforms.validators import Length

from marketplace.core.errors import Invalid
from marketplace.web.sealing import Typed, mark
from marketplace.web.typed import person_id, site_keys

CHANGED_MEANWHILE = (
    "This was changed in another window meanwhile. Both texts are below. Send the form again to keep yours."
)
csrf = CSRFProtect()
"""Checked on every POST; a view protected by a signed token instead uses `@csrf.exempt`."""


class BaseForm(FlaskForm):
    """A form with CSRF protection that can be refilled with earlier input (see web.carrying).

    `key` makes a creating POST idempotent (see web.request.once); `by` identifies the person for whom the form is
    shown.
    """

    class Meta(FlaskForm.Meta):
        """WTForms settings: where a form's values come from."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Return restored input where there is some, else what this request sent."""
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
        """The signed mark of the person for whom a form is shown."""
        return mark(person_id(), site_keys())

    def is_sent(self) -> bool:
        """Whether this is a POST; use as `form.is_sent() and form.validate()`."""
        return request.method == "POST"

    def blame(self, field: str, message: str) -> None:
        """Show a service's refusal beside its field, or on top of the form when it names none."""
        target: Any = getattr(self, field, None)
        if target is None:
            self.form_errors.append(message)
        else:
            target.errors = [*target.errors, message]


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field whose stored text differs from the sent one."""

    label: str
    stored: str
    sent: str


class EditForm(BaseForm):
    """A form that edits stored data, with optimistic locking: a stale window overwrites nothing unseen.

    `seen` is a digest of the data when the form was shown, so rows need no version column.
    """

    seen = HiddenField()
    differences: tuple[FieldDifference, ...] = ()
    """Both texts of each differing field, set by `clashes_with`."""

    def process(
        self, formdata: Any = None, obj: Any = None, data: Any = None, extra_filters: Any = None, **kwargs: Any
    ) -> None:
        """Fill the form; when it shows stored data, record its digest in `seen`."""
        cast(Any, super()).process(formdata, obj, data, extra_filters, **kwargs)
        if self.meta.wrap_formdata(self, formdata) is None:
            self.seen.data = digest_of(self)

    def saw(self, stored: Self) -> None:
        """Record what is stored after this form saved a part of itself, so that its next submit is no clash."""
        self.seen.data = stored.seen.data

    def clashes_with(self, stored: Self) -> bool:
        """Whether the stored data changed since this form was shown; if so, fill `differences`.

        `stored` is the same form of what is stored now (made with formdata=None). Submitting again with both texts on
        the page is a decision and succeeds.
        """
        if self.seen.data in (None, "", stored.seen.data) or digest_of(self) == stored.seen.data:
            return False
        pairs = ((field, stored[name]) for name, field in self._fields.items() if _is_shown(field))
        self.differences = tuple(
            FieldDifference(field.label.text, shown_value(other), shown_value(field))
            for field, other in pairs
            if field.data != other.data
        )
        self.saw(stored)
        self.form_errors.append(CHANGED_MEANWHILE)
        return True


def digest_of(form: BaseForm) -> str:
    """Digest of a form's values."""
    values = [(name, str(field.data)) for name, field in form._fields.items() if _is_shown(field)]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]


def shown_value(field: Field) -> str:
    """A field's value for display."""
    if isinstance(field.data, bool):
        return "Yes" if field.data else "No"
    if isinstance(field, FieldList):
        return "\n".join(" ".join(str(value) for value in row.values() if value) for row in field.data)
    if isinstance(field, SelectFieldBase):
        return ", ".join(str(choice.label.text) for choice in field if choice.checked)
    return "" if field.data is None else str(field.data)


def _is_shown(field: Field) -> bool:
    return not isinstance(field, HiddenField | FileField)


class ActionForm(BaseForm):
    """A form that is only a button."""

    def demand_valid(self) -> None:
        """For a button without a page of its own for errors: raises Invalid when the form was tampered with."""
        if not self.validate():
            raise Invalid("key", "This page can’t be sent as it is. Open it again, and press the button once more.")


def status_of(form: FlaskForm) -> int:
    """200 for a fresh form, 422 for one with errors, 409 for one that clashes with newer data."""
    if isinstance(form, EditForm) and form.differences:
        return 409
    return 422 if form.errors else 200
