"""Forms of the disputes room; they validate format, the services validate permission."""

from __future__ import annotations

from datetime import datetime

from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from marketplace.core import money
from marketplace.core.errors import Conflict, Invalid
from marketplace.disputes.states import DisputeOutcome
from marketplace.web.fields import AtMost, lines, stripped
from marketplace.web.forms import BaseForm

MAX_WORDS = 5_000
"""Maximum length in characters."""
OUTCOMES: dict[str, str] = {
    DisputeOutcome.RELEASE.value: "Release: all of it to the freelancer",
    DisputeOutcome.REFUND.value: "Refund: all of it back to the client",
    DisputeOutcome.SPLIT.value: "Split: a part to each",
}


class WordsForm(BaseForm):
    """A side's statement."""

    words = TextAreaField("What you have to say", filters=[lines], validators=[AtMost(MAX_WORDS)])


class OpenForm(BaseForm):
    """Reason for a dispute."""

    words = TextAreaField(
        "What is wrong, and what should become of the money", filters=[lines], validators=[AtMost(MAX_WORDS)]
    )


class RulingAppealForm(BaseForm):
    """Reason for an appeal."""

    words = TextAreaField("What the ruling got wrong", filters=[lines], validators=[AtMost(MAX_WORDS)])


class FileForm(BaseForm):
    """One evidence file."""

    file = FileField("File")


class AmountForm(BaseForm):
    """Form with an amount for the freelancer."""

    to_freelancer = StringField("To the freelancer", filters=[stripped])

    def amount(self, currency: str) -> int:
        """Amount in minor units; raises Invalid when it can't be parsed."""
        try:
            return money.parse(self.to_freelancer.data or "", currency)  # the service checks the hold's step
        except money.NotMoney as error:
            raise Invalid("to_freelancer", str(error)) from error


class SplitForm(AmountForm):
    """A split proposed to the other side."""

    words = TextAreaField("A word to the other side (optional)", filters=[lines], validators=[AtMost(MAX_WORDS)])


class RulingForm(AmountForm):
    """An admin's ruling."""

    outcome = RadioField(
        "What becomes of the money?",
        [InputRequired("Choose what becomes of the money.")],
        choices=OUTCOMES,
    )
    reasons = TextAreaField("Reasons, as both sides read them", filters=[lines], validators=[AtMost(MAX_WORDS)])
    seen_at = HiddenField()

    def seen(self) -> datetime:
        """When the page was shown; raises Conflict if tampered with."""
        try:
            moment = datetime.fromisoformat(self.seen_at.data or "")
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise Conflict("This page was open for too long. Open the dispute again.")
        return moment
