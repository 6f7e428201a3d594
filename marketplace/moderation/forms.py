"""Forms of reporting, deciding and answering."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from marketplace.bids.forms import CheckboxesField
from marketplace.core.text import one_line
from marketplace.moderation.wording import ACTS, REASONS, RULES, Why
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
    rule = SelectField("Which rule is it about?", choices={name: RULES[name] for name in REASONS})
    public = TextAreaField(
        "Why, for the public log",
        [DataRequired("Write why in one sentence for everybody."), Length(max=300)],
        filters=[one_line],
    )
    seen_at = HiddenField()

    @property
    def why(self) -> Why:
        """The reasons as typed."""
        return Why(str(self.reason.data), str(self.rule.data), str(self.public.data))


class ReviewForm(BaseForm):
    """Whether a new client's job may open."""

    act = RadioField(
        "May this job open?",
        [InputRequired("Choose whether the job may open.")],
        choices={"approve": "Open it for bids", "send_back": "Send it back to its client"},
    )
    reason = TextAreaField("Why, as the client will read it", [Length(max=2000)], filters=[_tidy])
    public = TextAreaField("Why, for the public log", [Length(max=300)], filters=[one_line])


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


class AdminForm(BaseForm):
    """Who shall become an admin."""

    email = StringField(
        "E-mail address of their account", [DataRequired("Enter their e-mail address."), Length(max=255)],
        filters=[one_line],
    )  # fmt: skip


class AdminReasonForm(BaseForm):
    """Why somebody becomes an admin, or is one no more."""

    reason = TextAreaField(
        "Why", [DataRequired("Write the reason: they read it, and the audit log keeps it."), Length(max=2000)],
        filters=[_tidy],
    )  # fmt: skip


class WeightsForm(BaseForm):
    """Why these weights shall count."""

    reason = TextAreaField(
        "Why, for the audit log and the public one",
        [DataRequired("Write why: the audit log keeps it."), Length(max=2000)],
        filters=[_tidy],
    )


class FlagForm(BaseForm):
    """What an admin does about a flag; the view fills the choices in."""

    act = RadioField("What will you do?", [InputRequired("Choose what you will do.")], choices={})
    bids = CheckboxesField("Which bids is this about?", coerce=int)
    reason = TextAreaField(
        "Why", [DataRequired("Write the reason: it stands in the audit log."), Length(max=2000)], filters=[_tidy]
    )


class PairForm(BaseForm):
    """Why two accounts are two people, or are not any more."""

    reason = TextAreaField(
        "Why", [DataRequired("Write the reason: it stands in the audit log."), Length(max=2000)], filters=[_tidy]
    )


class AppealForm(BaseForm):
    """What somebody says whose account is linked to another."""

    text = TextAreaField(
        "How do you know each other, and what do you share?",
        [DataRequired("Write a sentence or two: a human reads it."), Length(max=2000)],
        filters=[_tidy],
    )


class AnswerForm(BaseForm):
    """What the person affected has to say."""

    answer = TextAreaField("Your answer", [DataRequired("Write your answer."), Length(max=5000)], filters=[_tidy])
