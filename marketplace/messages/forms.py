"""The form of a message."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from marketplace.web.forms import BaseForm


class MessageForm(BaseForm):
    """One message."""

    text = TextAreaField(
        "Your message",
        [DataRequired("Write a message."), Length(max=5000, message="Keep it under 5,000 characters.")],
        filters=[lambda value: (value or "").strip()],
    )
