"""The form of a message."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import DataRequired

from marketplace.web.fields import AtMost, lines
from marketplace.web.forms import BaseForm


class MessageForm(BaseForm):
    """One message."""

    text = TextAreaField(
        "Your message",
        [DataRequired("Write a message."), AtMost(5_000)],
        filters=[lines],
    )
