"""How text and addresses are taken from every form: tidied in one way, counted, never cut."""

from __future__ import annotations

from typing import Any

from wtforms import Field, Form, StringField
from wtforms.validators import ValidationError

from marketplace.core.text import with_scheme


def stripped(value: str | None) -> str:
    """Without spaces at the ends."""
    return (value or "").strip()


def lines(value: str | None) -> str:
    """Without spaces at the ends, each line ended by one character, as browsers count them."""
    return stripped(value).replace("\r\n", "\n")


class AtMost:
    """Refuses a text of more than `most` characters, and says how many it has.

    WTForms' own Length tells the browser too (`maxlength`), and browsers cut what is pasted without a word.
    """

    def __init__(self, most: int, advice: str = "Shorten it; nothing was cut.") -> None:
        self.most = most
        self._advice = advice

    def __call__(self, form: Form, field: Field) -> None:
        count = len(lines(field.data))
        if count > self.most:
            raise ValidationError(f"This is too long: {count:,} of {self.most:,} characters. {self._advice}")


def most_of(field: Field) -> int:
    """How many characters the field takes; 0 when it doesn't say."""
    return next((one.most for one in field.validators if isinstance(one, AtMost)), 0)


class LinkField(StringField):
    """A web address: trimmed, and https:// put before one that was typed without a scheme."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([with_scheme(str(value)) for value in valuelist])
