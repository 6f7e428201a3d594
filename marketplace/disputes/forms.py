"""The forms of this room; they check how things are written, the services whether they may be."""

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
"""Characters."""
OUTCOMES: dict[str, str] = {
    DisputeOutcome.RELEASE.value: "Release: all of it to the freelancer",
    DisputeOutcome.REFUND.value: "Refund: all of it back to the client",
    DisputeOutcome.SPLIT.value: "Split: a part to each",
}


class WordsForm(BaseForm):
    """What a side has to say."""

    words = TextAreaField("What you have to say", filters=[lines], validators=[AtMost(MAX_WORDS)])


class OpenForm(BaseForm):
    """What a dispute is about."""

    words = TextAreaField(
        "What is wrong, and what should become of the money", filters=[lines], validators=[AtMost(MAX_WORDS)]
    )


class RulingAppealForm(BaseForm):
    """Why a ruling is wrong."""

    words = TextAreaField("What the ruling got wrong", filters=[lines], validators=[AtMost(MAX_WORDS)])


class FileForm(BaseForm):
    """One file as evidence."""

    file = FileField("File")


class AmountForm(BaseForm):
    """Carries an amount that goes to the freelancer."""

    to_freelancer = StringField("To the freelancer", filters=[stripped])

    def amount(self, currency: str) -> int:
        """Minor units; raises Invalid where it can't be read."""
        try:
            return money.parse(self.to_freelancer.data or "", currency)  # the hold decides on its step
        except money.NotMoney as error:
            raise Invalid("to_freelancer", str(error)) from error


class SplitForm(AmountForm):
    """A split that is proposed to the other side."""

    words = TextAreaField("A word to the other side (optional)", filters=[lines], validators=[AtMost(MAX_WORDS)])


class RulingForm(AmountForm):
    """What an admin rules."""

    outcome = RadioField(
        "What becomes of the money?",
        [InputRequired("Choose what becomes of the money.")],
        choices=OUTCOMES,
    )
    reasons = TextAreaField("Reasons, as both sides read them", filters=[lines], validators=[AtMost(MAX_WORDS)])
    seen_at = HiddenField()

    def seen(self) -> datetime:
        """When the page was shown; raises Conflict when that was tampered with."""
        try:
            moment = datetime.fromisoformat(self.seen_at.data or "")
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise Conflict("This page was open for too long. Open the dispute again.")
        return moment
