"""Normalization of text and addresses in every form: stripped and counted, never cut."""

from __future__ import annotations

from typing import Any

from wtforms import Field, Form, StringField
from wtforms.validators import ValidationError

from marketplace.core.text import with_scheme


def stripped(value: str | None) -> str:
    """Strip spaces at the ends."""
    return (value or "").strip()


def lines(value: str | None) -> str:
    """Strip spaces at the ends and end each line with one character, as browsers count them."""
    return stripped(value).replace("\r\n", "\n")


class AtMost:
    """Refuse a text of more than `most` characters, and says how many it has.

    WTForms' own Length also sets `maxlength`, and browsers silently cut pasted text.
    """

    def __init__(self, most: int, advice: str = "Shorten it; nothing was cut.") -> None:
        self.most = most
        self._advice = advice

    def __call__(self, form: Form, field: Field) -> None:
        count = len(lines(field.data))
        if count > self.most:
            raise ValidationError(f"This is too long: {count:,} of {self.most:,} characters. {self._advice}")


def most_of(field: Field) -> int:
    """The field's character limit; 0 if it has none."""
    return next((one.most for one in field.validators if isinstance(one, AtMost)), 0)


class LinkField(StringField):
    """A web address: stripped, with https:// prepended if it has no scheme."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([with_scheme(str(value)) for value in valuelist])
