"""Forms of reporting, deciding and answering."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from marketplace.bids.forms import CheckboxesField
from marketplace.core.text import one_line
from marketplace.moderation.wording import ACTS, REASONS, RULES, Why
from marketplace.web.fields import AtMost, lines
from marketplace.web.forms import BaseForm


class ReportForm(BaseForm):
    """What is wrong with the reported thing."""

    reason = RadioField("What is wrong?", [InputRequired("Choose what is wrong.")], choices=REASONS)
    text = TextAreaField("Tell us more", [AtMost(2_000)], filters=[lines])


class DecisionForm(BaseForm):
    """An admin's decision on a report."""

    act = RadioField("What will you do?", [InputRequired("Choose what you will do.")], choices=ACTS)
    reason = TextAreaField(
        "Why, as the person will read it",
        [DataRequired("Write the reason: the person affected reads it."), AtMost(2_000)],
        filters=[lines],
    )
    rule = SelectField("Which rule is it about?", choices={name: RULES[name] for name in REASONS})
    public = TextAreaField(
        "Why, for the public log",
        [DataRequired("Write why in one sentence for everybody."), AtMost(300)],
        filters=[one_line],
    )
    seen_at = HiddenField()

    @property
    def why(self) -> Why:
        """The reasons as entered."""
        return Why(str(self.reason.data), str(self.rule.data), str(self.public.data))


class JobReviewForm(BaseForm):
    """Whether a new client's job may open."""

    act = RadioField(
        "May this job open?",
        [InputRequired("Choose whether the job may open.")],
        choices={"approve": "Open it for bids", "send_back": "Send it back to its client"},
    )
    reason = TextAreaField("Why, as the client will read it", [AtMost(2_000)], filters=[lines])
    public = TextAreaField("Why, for the public log", [AtMost(300)], filters=[one_line])


class CopyForm(BaseForm):
    """An admin's decision on a near-copy."""

    act = RadioField(
        "What do you think of the later one?",
        [InputRequired("Choose what you think of it.")],
        choices={"clear": "Nothing is wrong with it", "reject": "It is a copy without credit"},
    )
    reason = TextAreaField(
        "Why, as the bidder will read it",
        [DataRequired("Write the reason: the bidder reads it."), AtMost(2_000)],
        filters=[lines],
    )


class AdminForm(BaseForm):
    """The e-mail address of a new admin."""

    email = StringField(
        "E-mail address of their account", [DataRequired("Enter their e-mail address."), AtMost(255)],
        filters=[one_line],
    )  # fmt: skip


class AdminReasonForm(BaseForm):
    """The reason for granting or revoking the admin role."""

    reason = TextAreaField(
        "Why", [DataRequired("Write the reason: they read it, and the audit log keeps it."), AtMost(2_000)],
        filters=[lines],
    )  # fmt: skip


class WeightsForm(BaseForm):
    """The reason for using these weights."""

    reason = TextAreaField(
        "Why, for the audit log and the public one",
        [DataRequired("Write why: the audit log keeps it."), AtMost(2_000)],
        filters=[lines],
    )


class FlagForm(BaseForm):
    """An admin's decision on a flag; the view sets the choices."""

    act = RadioField("What will you do?", [InputRequired("Choose what you will do.")], choices={})
    bids = CheckboxesField("Which bids is this about?", coerce=int)
    reason = TextAreaField(
        "Why", [DataRequired("Write the reason: it stands in the audit log."), AtMost(2_000)], filters=[lines]
    )


class PairForm(BaseForm):
    """The reason why two accounts are, or no longer are, known as two people."""

    reason = TextAreaField(
        "Why", [DataRequired("Write the reason: it stands in the audit log."), AtMost(2_000)], filters=[lines]
    )


class LinkAppealForm(BaseForm):
    """A person's appeal against a link between accounts."""

    text = TextAreaField(
        "How do you know each other, and what do you share?",
        [DataRequired("Write a sentence or two: a human reads it."), AtMost(2_000)],
        filters=[lines],
    )


class AnswerForm(BaseForm):
    """The answer of the person affected."""

    answer = TextAreaField("Your answer", [DataRequired("Write your answer."), AtMost(5_000)], filters=[lines])
