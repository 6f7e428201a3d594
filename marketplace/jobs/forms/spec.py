"""The forms of a spec: each knows its fields of the spec, so that an incomplete spec can be saved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from babel.numbers import get_currency_name
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, Optional, ValidationError

from marketplace.checker.guard.link_syntax import link_problem
from marketplace.core import money
from marketplace.jobs.categories import CATEGORIES
from marketplace.jobs.models import Job
from marketplace.jobs.spec import MAX_SPEC, MAX_TITLE, SpecProblem, skills_problem, split_skills
from marketplace.payments.amounts import read_amount
from marketplace.web.fields import AtMost, LinkField, lines, stripped
from marketplace.web.forms import BaseForm, EditForm

CLOSING_TIME = time(17)
"""Suggested time of day for deadlines, UTC."""


@cache
def currency_choices() -> dict[str, str]:
    """Every currency in use, the common ones first: code -> display name."""
    codes = (*money.COMMON_CURRENCIES, *sorted(money.CURRENCIES - set(money.COMMON_CURRENCIES)))
    return {code: f"{code}, {get_currency_name(code, locale=money.LOCALE)}" for code in codes}


class DayField(DateField):
    """A date input whose error says what to type."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Enter a date, such as 2026-12-24.") from error


class HourField(TimeField):
    """A time input whose error says what to type."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Enter a time, such as 17:00.") from error


class NewJobForm(BaseForm):
    """The one question asked before the draft exists."""

    title = StringField(
        "What do you need?",
        filters=[stripped],
        validators=[
            DataRequired("Enter a title, such as Booking site for a climbing gym."),
            AtMost(MAX_TITLE),
        ],
    )


class TopicForm(EditForm):
    """A form on one topic of the spec; `version` is the spec's when the page was opened."""

    version = HiddenField()

    def changes(self) -> dict[str, Any]:
        """The fields of JobSpec in this form that can be stored, valid or not; call after validate()."""
        raise NotImplementedError

    def blame_problems(self, problems: Iterable[SpecProblem], *, whole: bool) -> None:
        """Show the spec's problems beside their fields; those of empty fields only when the spec must be `whole`."""
        for problem in problems:
            field = self._fields.get(problem.field)
            if field is not None and not field.errors and (whole or field.data):
                self.blame(problem.field, problem.message)

    def seen_version(self) -> int:
        """The version that the person saw; 0, which never matches, when it was tampered with."""
        value = self.version.data or ""
        return int(value) if value.isascii() and value.isdigit() else 0


class DescribeForm(TopicForm):
    """Title, category, brief, skills, the current site."""

    title = StringField(
        "Title",
        filters=[stripped],
        validators=[AtMost(MAX_TITLE)],
    )
    category = SelectField("Category", choices={"": "Choose a category", **CATEGORIES})
    spec = TextAreaField(
        "Brief",
        filters=[lines],
        validators=[AtMost(MAX_SPEC, "Move the rest to a file; nothing was cut.")],
    )
    skills = StringField("Skills", filters=[stripped])
    current_site = LinkField("Your site as it is today")

    def validate_current_site(self, field: LinkField) -> None:
        if message := link_problem(field.data or ""):
            raise ValidationError(message)

    def validate_skills(self, field: StringField) -> None:
        if message := skills_problem(split_skills(field.data or "")):
            raise ValidationError(message)

    def changes(self) -> dict[str, Any]:
        values = {
            "title": self.title.data,
            "category": self.category.data,
            "spec": self.spec.data or "",
            "skills": split_skills(self.skills.data or ""),
            "current_site": self.current_site.data or "",
        }
        return {name: value for name, value in values.items() if not self._fields[name].errors}

    @classmethod
    def of(cls, job: Job) -> DescribeForm:
        skills = ", ".join(skill.name for skill in job.skills)
        values = {"title": job.title, "category": job.category, "spec": job.spec, "current_site": job.current_site}
        return cls(formdata=None, data={**values, "skills": skills, "version": job.version})


class DeadlinesForm(TopicForm):
    """When bids close and by when the client decides, each a date and a time of day in UTC."""

    bid_deadline = DayField("Bids close on", validators=[Optional()])
    bid_deadline_time = HourField("at (UTC)", validators=[Optional()])
    decision_deadline = DayField("You decide by", validators=[Optional()])
    decision_deadline_time = HourField("at (UTC)", validators=[Optional()])

    def moment(self, name: str) -> datetime | None:
        """The entered deadline, UTC; None when it was left empty."""
        day: date | None = self._fields[name].data
        hour: time | None = self._fields[f"{name}_time"].data
        return datetime.combine(day, hour or CLOSING_TIME, UTC) if day else None

    def changes(self) -> dict[str, Any]:
        names = ("bid_deadline", "decision_deadline")
        sound = [name for name in names if not (self._fields[name].errors or self._fields[f"{name}_time"].errors)]
        return {name: self.moment(name) for name in sound}

    @staticmethod
    def values_of(job: Job) -> dict[str, Any]:
        """Form values of the stored deadlines, to the minute."""
        values: dict[str, Any] = {"version": job.version}
        for name in ("bid_deadline", "decision_deadline"):
            stored: datetime | None = getattr(job, name)
            values |= {name: stored and stored.date(), f"{name}_time": stored.time() if stored else CLOSING_TIME}
        return values


class ReopenForm(DeadlinesForm):
    """New deadlines of a closed job."""


class PublishForm(BaseForm):
    """The last step: a job without any checkable requirement needs an extra confirmation."""

    unchecked = BooleanField("Post it without a requirement that can be checked")

    def demand_tick(self) -> bool:
        """Whether the box is ticked; adds an error if not."""
        if not self.unchecked.data:
            self.blame("unchecked", "Add a requirement that we can check, or say that you want to go without.")
        return bool(self.unchecked.data)


class BudgetForm(DeadlinesForm):
    """The budget in one currency, and the deadlines."""

    currency = SelectField("Currency", choices=currency_choices)
    budget_min = StringField("Lowest budget", filters=[stripped])
    budget_max = StringField("Highest budget", filters=[stripped])
    requires_prototype = BooleanField("Every bid needs a working prototype")
    pool_amount = StringField("Participation pool", filters=[stripped])

    def validate_budget_min(self, field: StringField) -> None:
        self._amount(field)

    def validate_budget_max(self, field: StringField) -> None:
        highest, lowest = self._amount(field), self._amount(self.budget_min, quiet=True)
        if lowest is not None and highest is not None and lowest > highest:
            missing = "Enter the most you would pay." if not field.data else "Enter an amount not below the lowest."
            raise ValidationError(missing)

    def validate_pool_amount(self, field: StringField) -> None:
        if self.requires_prototype.data:
            self._amount(field)

    def changes(self) -> dict[str, Any]:
        changes = super().changes()
        if not (self.currency.errors or self.pool_amount.errors):
            required = bool(self.requires_prototype.data)
            amount = self._amount(self.pool_amount) if required else 0
            changes |= {"requires_prototype": required, "pool_amount": amount}
        if not (self.currency.errors or self.budget_min.errors or self.budget_max.errors):
            amounts = {name: self._amount(self._fields[name]) for name in ("budget_min", "budget_max")}
            changes |= {"currency": self.currency.data, **amounts}
        return changes

    @classmethod
    def of(cls, job: Job) -> BudgetForm:
        amounts = {
            name: money.plain(getattr(job, name), job.currency) if getattr(job, name) else ""
            for name in ("budget_min", "budget_max", "pool_amount")
        }
        plain = {"currency": job.currency, "requires_prototype": job.requires_prototype}
        return cls(formdata=None, data={**cls.values_of(job), **amounts, **plain})

    def _amount(self, field: Any, *, quiet: bool = False) -> int | None:
        """Minor units; 0 for an empty field. For invalid input raises ValidationError, or gives None if `quiet`."""
        if not field.data or self.currency.data not in money.CURRENCIES:
            return 0
        try:
            return read_amount(field.data, self.currency.data)
        except money.NotMoney as error:
            if quiet:
                return None
            raise ValidationError(str(error)) from error


class AttachmentForm(TopicForm):
    """One file for the brief."""

    file = FileField("File")


class CancelForm(BaseForm):
    """The reason for cancelling a job."""

    reason = TextAreaField("Reason", filters=[lines], validators=[AtMost(1_000)])
