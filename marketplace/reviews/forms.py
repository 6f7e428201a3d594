"""Forms of this room: a review, a correction of its words, a reply."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField
from wtforms.validators import Length

from marketplace.reviews.marks import MAX_REPLY, MAX_TEXT, SCALES, WORDS, Marks
from marketplace.reviews.models import Review
from marketplace.web.forms import BaseForm

CHOICES = {str(mark): words for mark, words in WORDS.items()}


def _text(value: str | None) -> str:
    return (value or "").strip().replace("\r\n", "\n")


def _no_longer_than(characters: int) -> Length:
    return Length(max=characters, message=f"Use {characters:,} characters at most.")


class ReviewForm(BaseForm):
    """Three scales in words, and text; what the scales ask depends on the side that is reviewed."""

    quality = RadioField("Quality", choices=CHOICES, validate_choice=False)
    on_time = RadioField("On time", choices=CHOICES, validate_choice=False)
    contact = RadioField("Contact", choices=CHOICES, validate_choice=False)
    text = TextAreaField("What went well, what did not", filters=[_text], validators=[_no_longer_than(MAX_TEXT)])

    @classmethod
    def about(cls, side: str, written: Review | None) -> ReviewForm:
        """The form for a review of this side, filled with what the person has written before."""
        form = cls(data={scale: str(mark) for scale, mark in written.marks._asdict().items()} if written else None)
        if written and not form.is_sent():
            form.text.data = written.text
        for scale, (heading, _) in SCALES[side].items():
            form[scale].label.text = heading
        return form

    def marks(self) -> Marks:
        """What was chosen; 0, which the service refuses, for a scale without a choice or with a made-up one."""
        typed = (self.quality.data, self.on_time.data, self.contact.data)
        return Marks(*(int(value) if value in CHOICES else 0 for value in typed))


class CorrectionForm(BaseForm):
    """Other words for a review that is shown."""

    text = TextAreaField("The corrected words", filters=[_text], validators=[_no_longer_than(MAX_TEXT)])


class ReplyForm(BaseForm):
    """The one reply of the person reviewed."""

    reply = TextAreaField("Your reply", filters=[_text], validators=[_no_longer_than(MAX_REPLY)])
