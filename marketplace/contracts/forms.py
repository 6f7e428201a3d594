"""Forms of the contracts room; they validate format, the services validate permission."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)  # fmt: skip
from wtforms.validators import Optional, ValidationError

from marketplace.checker.guard.link_syntax import link_problem
from marketplace.contracts.states import CLIENT, FREELANCER, Owed
from marketplace.contracts.terms import MAX_AMENDMENT, MAX_REASON, MAX_TITLE, PlannedMilestone, Terms, TermsProblem
from marketplace.core import money
from marketplace.payments.amounts import read_amount
from marketplace.web.fields import AtMost, LinkField, lines, stripped
from marketplace.web.forms import BaseForm, EditForm

MAX_GIVEN, MAX_SECRET = 5_000, 4_000
"""Maximum lengths in characters."""
MAX_LINES = 12
"""Milestone rows in the form; more than may be proposed, so that extra rows cause an error instead of being cut off."""


class SeenForm(BaseForm):
    """Carries the version of the object shown on the page."""

    version = HiddenField()

    def seen_version(self) -> int:
        """Version the person saw; 0, which never matches, if tampered with."""
        value = self.version.data or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


class AwardForm(SeenForm):
    """A single button, with the version of the bid shown on the page."""


class SignForm(SeenForm):
    """Typed name as signature under the shown terms."""

    name = StringField("Type your name to sign", filters=[stripped], validators=[AtMost(80)])


class WithdrawalForm(BaseForm):
    """Reason for withdrawing an offer."""

    reason = TextAreaField("Why", filters=[lines], validators=[AtMost(MAX_REASON)])


class StepForm(Form):
    """One unpaid milestone."""

    title = StringField("What it brings", filters=[stripped], validators=[AtMost(MAX_TITLE)])
    amount = StringField("Amount", filters=[stripped])
    due_on = StringField("Due on (optional)", filters=[stripped])

    def is_empty(self) -> bool:
        return not (self.title.data or self.amount.data or self.due_on.data)


class TermsForm(BaseForm):
    """Proposed terms; `of` fills in the current ones. Empty rows are ignored."""

    steps = FieldList(FormField(StepForm), max_entries=MAX_LINES)
    go_live_hours = IntegerField("Live within how many hours of payment (optional)", validators=[Optional()])
    amendment = TextAreaField(
        "What changes in the scope (optional)", filters=[lines], validators=[AtMost(MAX_AMENDMENT)]
    )
    reason = TextAreaField("A word to the other side (optional)", filters=[lines], validators=[AtMost(MAX_REASON)])
    currency = "EUR"

    @classmethod
    def of(cls, terms: Terms, currency: str) -> TermsForm:
        """Build the form from the current terms, plus an empty row."""
        rows = [
            {"title": one.title, "amount": money.plain(one.amount, currency), "due_on": _iso(one.due_on)}
            for one in terms.steps
        ]
        data = {"steps": [*rows, {}], "go_live_hours": terms.go_live_hours, "amendment": terms.amendment}
        return cls(formdata=None, data=data).in_currency(currency)

    def in_currency(self, currency: str) -> TermsForm:
        """Set the currency of amounts; return self."""
        self.currency = currency
        return self

    def with_another_step(self) -> TermsForm:
        """Return the form as typed with one more empty row, up to MAX_LINES."""
        rows: list[dict[str, Any]] = [dict(row) for row in self.steps.data]
        data = {**self.data, "steps": [*rows, {}][:MAX_LINES]}
        return type(self)(formdata=None, data=data).in_currency(self.currency)

    def terms(self) -> Terms | None:
        """Parse the typed terms; None, with errors at the fields, if invalid."""
        steps = [self._step(line.form) for line in self.steps if not line.form.is_empty()]
        self.steps.errors = [line.form.errors for line in self.steps if line.form.errors]
        if self.errors:
            return None
        return Terms(tuple(one for one in steps if one), self.go_live_hours.data, self.amendment.data or "")

    def blame_problems(self, problems: list[TermsProblem]) -> None:
        """Attach the problems to their fields."""
        filled = [line.form for line in self.steps if not line.form.is_empty()]
        for problem in problems:
            if problem.step is None:
                self.blame(problem.field, problem.message)
            else:
                field = filled[problem.step][problem.field]
                field.errors = [*field.errors, problem.message]
        self.steps.errors = [*self.steps.errors, *(form.errors for form in filled if form.errors)]

    def _step(self, line: StepForm) -> PlannedMilestone | None:
        try:
            amount = read_amount(line.amount.data or "", self.currency)
        except money.NotMoney as error:
            line.amount.errors = [*line.amount.errors, str(error)]
            return None
        try:
            due_on = date.fromisoformat(line.due_on.data) if line.due_on.data else None
        except ValueError:
            line.due_on.errors = [*line.due_on.errors, "Enter a date as year-month-day, such as 2027-03-31."]
            return None
        return PlannedMilestone(line.title.data or "", amount, due_on)


class EndForm(BaseForm):
    """Proposal to end a running contract."""

    held_to = RadioField(
        "Who gets the money that is held",
        choices={CLIENT: "It goes back to the client", FREELANCER: "It goes to the freelancer"},
        validate_choice=False,
    )
    reason = TextAreaField("Why", filters=[lines], validators=[AtMost(MAX_REASON)])


class SubmitForm(EditForm):
    """Description of finished work and the address where it is live."""

    words = TextAreaField("What is done", filters=[lines], validators=[AtMost(5_000)])
    url = LinkField("Address of the production site (optional)")

    def validate_url(self, field: LinkField) -> None:
        if message := link_problem(field.data or ""):
            raise ValidationError(message)


class ApproveForm(BaseForm):
    """Missing things the client waives."""

    without = SelectMultipleField(
        "What you do without", choices={one.value: one.value for one in Owed}, validate_choice=False
    )

    def waived(self) -> list[Owed]:
        """The waived things."""
        return [one for one in Owed if one in (self.without.data or ())]


class ChangesForm(BaseForm):
    """Changes the client requests."""

    reasons = TextAreaField("What has to change", filters=[lines], validators=[AtMost(5_000)])


class HandoverForm(EditForm):
    """Location or text of a handover item."""

    given = TextAreaField("Where it is, or its text", filters=[lines], validators=[AtMost(MAX_GIVEN)])


class SecretForm(BaseForm):
    """A secret that the other side can read once."""

    label = StringField("What it is for", filters=[stripped], validators=[AtMost(120)])
    text = TextAreaField("What the other side reads, once", filters=[lines], validators=[AtMost(MAX_SECRET)])


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
