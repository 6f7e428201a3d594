"""Forms of the bids room; the bid form validates format only and keeps whatever was typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from babel.numbers import get_currency_name
from wtforms import IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.accounts.models import PortfolioItem, Testimonial
from marketplace.bids.models import Bid
from marketplace.bids.offer import MAX_CREDITS, MAX_DAYS, MAX_HOURS, MAX_NOTE, Offer, OfferProblem
from marketplace.checker.guard.link_syntax import link_problem
from marketplace.core import money
from marketplace.jobs.models import Job
from marketplace.payments.amounts import read_amount
from marketplace.web.fields import AtMost, LinkField, lines, stripped
from marketplace.web.forms import BaseForm, EditForm

EXCERPT = 90
"""Length of a testimonial's excerpt beside its checkbox, in characters."""


class WholeNumberField(IntegerField):
    """Number input whose error message says what to type."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata([str(value).strip() for value in valuelist])
        except ValueError as error:
            raise ValueError("Enter a whole number, such as 18.") from error


class CheckboxesField(SelectMultipleField):
    """Checkboxes selecting several choices by id."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class BidForm(EditForm):
    """Bid form; create it with `of` or `sent_for`, which set currency, portfolio and testimonial choices."""

    price = StringField("Your price", filters=[stripped])
    days = WholeNumberField("Days to deliver", validators=[Optional()])
    go_live_hours = WholeNumberField("Live within how many hours of payment", validators=[Optional()])
    prototype_url = LinkField("Prototype link")
    note = TextAreaField("How you’d do this job", filters=[lines], validators=[AtMost(MAX_NOTE)])
    credits = TextAreaField("What it reuses, and whose work that is", filters=[lines], validators=[AtMost(MAX_CREDITS)])
    portfolio = CheckboxesField("Portfolio items to show", coerce=int)
    testimonials = CheckboxesField("Testimonials to show", coerce=int)
    currency = ""

    @classmethod
    def sent_for(cls, job: Job, items: Iterable[PortfolioItem], praise: Iterable[Testimonial]) -> BidForm:
        """Build the form from the submitted request."""
        return cls().fit(job, items, praise)

    @classmethod
    def of(cls, bid: Bid | None, job: Job, items: Iterable[PortfolioItem], praise: Iterable[Testimonial]) -> BidForm:
        """Build the form from the stored bid, or empty."""
        values: dict[str, Any] = {}
        if bid:
            values = {
                name: getattr(bid, name) for name in ("days", "go_live_hours", "prototype_url", "note", "credits")
            }
            values["price"] = money.plain(bid.price, job.currency) if bid.price is not None else ""
            values["portfolio"] = [item.id for item in bid.portfolio]
            values["testimonials"] = [one.id for one in bid.testimonials]
        return cls(formdata=None, data=values).fit(job, items, praise)

    def fit(self, job: Job, items: Iterable[PortfolioItem], praise: Iterable[Testimonial]) -> BidForm:
        """Set the currency label and the portfolio and testimonial choices; return self."""
        self.currency = job.currency
        self.price.label.text = f"Your price in {get_currency_name(job.currency, count=2, locale=money.LOCALE)}"
        self.portfolio.choices = [(item.id, item.title) for item in items]
        self.testimonials.choices = [(one.id, f"{one.author_name}: “{_excerpt(one.text)}”") for one in praise]
        return self

    def validate_price(self, field: StringField) -> None:
        try:
            self._price()
        except money.NotMoney as error:
            raise ValidationError(str(error)) from error

    def validate_days(self, field: IntegerField) -> None:
        _check_range(field.data, MAX_DAYS, "days")

    def validate_go_live_hours(self, field: IntegerField) -> None:
        _check_range(field.data, MAX_HOURS, "hours")

    def validate_prototype_url(self, field: LinkField) -> None:
        if message := link_problem(field.data or ""):
            raise ValidationError(message)

    def offer(self, stored: Offer) -> Offer:
        """Return the submitted offer, with fields that failed validation taken from `stored`. Call after validate()."""
        typed = {
            "price": lambda: self._price(),
            "days": lambda: self.days.data,
            "go_live_hours": lambda: self.go_live_hours.data,
            "note": lambda: self.note.data or "",
            "credits": lambda: self.credits.data or "",
            "prototype_url": lambda: self.prototype_url.data or "",
            "portfolio": lambda: tuple(self.portfolio.data or ()),
            "testimonials": lambda: tuple(self.testimonials.data or ()),
        }
        sound = {name: value() for name, value in typed.items() if not self._fields[name].errors}
        return replace(stored, **sound)

    def blame_problems(self, problems: Iterable[OfferProblem]) -> None:
        """Show each problem at its field unless the field already has an error."""
        for problem in problems:
            if not self._fields[problem.field].errors:
                self.blame(problem.field, problem.message)

    def _price(self) -> int | None:
        return read_amount(self.price.data, self.currency) if self.price.data else None


class DeclineForm(BaseForm):
    """Reason for declining a bid."""

    reason = TextAreaField("Reason", filters=[lines], validators=[AtMost(1_000)])


class NoteForm(EditForm):
    """The client's private note."""

    note = TextAreaField("Your private note", filters=[lines], validators=[AtMost(5_000)])

    @classmethod
    def of(cls, bid: Bid) -> NoteForm:
        """Build the form from the stored note."""
        return cls(formdata=None, data={"note": bid.client_note})


def _check_range(value: int | None, most: int, unit: str) -> None:
    if value is not None and not 1 <= value <= most:
        raise ValidationError(f"Enter from 1 to {most:,} {unit}.")


def _excerpt(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= EXCERPT else plain[: EXCERPT - 1].rsplit(" ", 1)[0] + "…"
