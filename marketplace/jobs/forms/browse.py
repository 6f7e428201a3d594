"""The search form of the job list, read from the query string so that every result has an address."""

from __future__ import annotations

from wtforms import BooleanField, Form, SelectField, StringField
from wtforms.validators import Length, ValidationError

from marketplace.core import money
from marketplace.jobs.categories import CATEGORIES
from marketplace.jobs.forms.spec import currency_choices
from marketplace.jobs.queries import CLOSING, NEWEST, Filters

_CURRENCIES = {"": "Any currency", **{code: code for code in currency_choices()}}
"""Currencies of jobs as bare codes: with names they would be the heaviest part of the page."""


def _tidied(value: str | None) -> str:
    return " ".join((value or "").split())


class BrowseForm(Form):
    """Search filters; an invalid value gets an error and is ignored."""

    q = StringField("Words", filters=[_tidied], validators=[Length(max=200, message="Use 200 characters at most.")])
    category = SelectField("Category", choices={"": "Any category", **CATEGORIES}, default="")
    skill = StringField("Skill", filters=[_tidied], validators=[Length(max=40, message="Name one skill.")])
    currency = SelectField("Currency", choices=_CURRENCIES, default="")
    budget = StringField("Pays at least", filters=[_tidied])
    checks = BooleanField("Has requirements that are checked")
    soon = BooleanField("Closes within 3 days")
    sort = SelectField("Sort by", choices={NEWEST: "Newest first", CLOSING: "Closing soonest"}, default=NEWEST)

    def validate_budget(self, field: StringField) -> None:
        if field.data and not self.currency.data:
            raise ValidationError("Choose a currency for the amount.")
        self._minor()

    def filters(self) -> Filters:
        """The filters without invalid ones; call after validate()."""
        sound = {name: None if name in self.errors else value for name, value in self.data.items()}
        return Filters(
            words=sound["q"] or "",
            category=sound["category"] or "",
            skill=(sound["skill"] or "").lower(),
            currency=sound["currency"] or "",
            budget=self._minor() if sound["budget"] else None,
            checkable=bool(sound["checks"]),
            closing_soon=bool(sound["soon"]),
            sort=sound["sort"] or NEWEST,
        )

    def chips(self) -> list[tuple[str, str]]:
        """(words, argument) of each active filter; removing that argument removes the filter."""
        asked = self.filters()
        budget = money.display(asked.budget, asked.currency) if asked.budget is not None else ""
        chips = [
            (f"“{asked.words}”", "q", asked.words),
            (CATEGORIES.get(asked.category, ""), "category", asked.category),
            (asked.skill, "skill", asked.skill),
            (f"Paid in {asked.currency}", "currency", asked.currency and not budget),
            (f"At least {budget}", "budget", budget),
            ("Checked requirements", "checks", asked.checkable),
            ("Closes within 3 days", "soon", asked.closing_soon),
        ]
        return [(words, argument) for words, argument, is_active in chips if is_active]

    def _minor(self) -> int | None:
        if not (self.budget.data and self.currency.data in money.CURRENCIES):
            return None
        try:
            return money.parse(self.budget.data, self.currency.data)
        except money.NotMoney as error:
            raise ValidationError(str(error)) from error
