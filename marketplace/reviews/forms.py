"""Forms of the reviews room: review, correction, reply."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField

from marketplace.reviews.marks import MAX_REPLY, MAX_TEXT, SCALES, WORDS, Marks
from marketplace.reviews.models import Review
from marketplace.web.fields import AtMost, lines
from marketplace.web.forms import BaseForm, EditForm

CHOICES = {str(mark): words for mark, words in WORDS.items()}


class ReviewForm(EditForm):
    """Three marks and text; the questions depend on the side reviewed."""

    quality = RadioField("Quality", choices=CHOICES, validate_choice=False)
    on_time = RadioField("On time", choices=CHOICES, validate_choice=False)
    contact = RadioField("Contact", choices=CHOICES, validate_choice=False)
    text = TextAreaField("What went well, what did not", filters=[lines], validators=[AtMost(MAX_TEXT)])

    @classmethod
    def sent_about(cls, side: str) -> ReviewForm:
        """Build the form from the submitted request."""
        return cls().in_words_of(side)

    @classmethod
    def of(cls, side: str, written: Review | None) -> ReviewForm:
        """Build the form from the stored review."""
        marks = {scale: str(mark) for scale, mark in written.marks._asdict().items()} if written else {}
        text = {"text": written.text} if written else {}
        return cls(formdata=None, data={**marks, **text}).in_words_of(side)

    def in_words_of(self, side: str) -> ReviewForm:
        """Set the questions for this side; return self."""
        for scale, (heading, _) in SCALES[side].items():
            self[scale].label.text = heading
        return self

    def marks(self) -> Marks:
        """The chosen marks; 0, which the service refuses, for a missing or invalid choice."""
        typed = (self.quality.data, self.on_time.data, self.contact.data)
        return Marks(*(int(value) if value in CHOICES else 0 for value in typed))


class CorrectionForm(EditForm):
    """Corrected text of a revealed review."""

    text = TextAreaField("The corrected words", filters=[lines], validators=[AtMost(MAX_TEXT)])


class ReplyForm(BaseForm):
    """The reviewed person's only reply."""

    reply = TextAreaField("Your reply", filters=[lines], validators=[AtMost(MAX_REPLY)])
