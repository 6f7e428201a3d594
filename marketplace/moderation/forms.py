"""Forms of reporting, deciding and answering."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from marketplace.moderation.services import ACTS, REASONS
from marketplace.web.forms import BaseForm


def _tidy(value: str | None) -> str:
    return (value or "").strip()


class ReportForm(BaseForm):
    """What is wrong."""

    reason = RadioField("What is wrong?", [InputRequired("Choose what is wrong.")], choices=REASONS)
    text = TextAreaField("Tell us more", [Length(max=2000)], filters=[_tidy])


class DecisionForm(BaseForm):
    """What an admin does about a report."""

    act = RadioField("What will you do?", [InputRequired("Choose what you will do.")], choices=ACTS)
    reason = TextAreaField(
        "Why, as the person will read it",
        [DataRequired("Write the reason: the person affected reads it."), Length(max=2000)],
        filters=[_tidy],
    )
    seen_at = HiddenField()


class ReviewForm(BaseForm):
    """Whether a new client's job may open."""

    act = RadioField(
        "May this job open?",
        [InputRequired("Choose whether the job may open.")],
        choices={"approve": "Open it for bids", "send_back": "Send it back to its client"},
    )
    reason = TextAreaField("Why, as the client will read it", [Length(max=2000)], filters=[_tidy])


class CopyForm(BaseForm):
    """What an admin thinks of a near-copy."""

    act = RadioField(
        "What do you think of the later one?",
        [InputRequired("Choose what you think of it.")],
        choices={"clear": "Nothing is wrong with it", "reject": "It is a copy without credit"},
    )
    reason = TextAreaField(
        "Why, as the bidder will read it",
        [DataRequired("Write the reason: the bidder reads it."), Length(max=2000)],
        filters=[_tidy],
    )


class WeightsForm(BaseForm):
    """Why these weights shall count."""

    reason = TextAreaField(
        "Why, for the audit log",
        [DataRequired("Write why: the audit log keeps it."), Length(max=2000)],
        filters=[_tidy],
    )


class AnswerForm(BaseForm):
    """What the person affected has to say."""

    answer = TextAreaField("Your answer", [DataRequired("Write your answer."), Length(max=5000)], filters=[_tidy])
