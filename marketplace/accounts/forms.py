"""Account forms: sign-up, settings, profile, portfolio, testimonials."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask_security.change_email import ChangeEmailForm
from flask_security.forms import RegisterFormV2
from flask_wtf.file import FileField
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.accounts.models import CLIENT, FREELANCER
from marketplace.core import money
from marketplace.core.countries import COUNTRIES
from marketplace.core.text import one_line
from marketplace.web.fields import AtMost, LinkField, lines
from marketplace.web.forms import BaseForm, EditForm

MAX_SKILLS = 20
PARTS = {"client": [CLIENT], "freelancer": [FREELANCER], "both": [CLIENT, FREELANCER]}
PART_CHOICES = {"client": "I want to hire", "freelancer": "I want to find work", "both": "Both"}
PART_HINTS = {
    "client": "Post a job, compare the bids and what was built for them.",
    "freelancer": "Bid on jobs, with a working prototype if you like.",
    "both": "You can change this later.",
}


def split_skills(text: str) -> list[str]:
    """Parse a list: "Flask, CSS ,flask" -> ["flask", "css"]: lower case, no duplicates, in the order typed."""
    return list(dict.fromkeys(" ".join(part.lower().split()) for part in text.split(",") if part.strip()))


class SignUpForm(RegisterFormV2):
    """Flask-Security's registration plus a name and the intended role."""

    name = StringField(
        "Your name or studio",
        [DataRequired("Enter the name that others will see."), AtMost(80)],
        filters=[one_line],
    )
    part = RadioField("What brings you here?", [InputRequired("Choose what brings you here.")], choices=PART_CHOICES)
    part_hints = PART_HINTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_shown = {name: self._fields[name] for name in ("part", "name", "email", "password")}
        self._fields = as_shown | self._fields  # the error summary follows the page's order

    def to_dict(self, only_user: bool) -> dict[str, Any]:
        data: dict[str, Any] = super().to_dict(only_user)
        return data | {"roles": list(PARTS[str(self.part.data)])}


class NewAddressForm(ChangeEmailForm):
    """Flask-Security's form for a new e-mail address; restores typed input like our forms."""

    Meta = BaseForm.Meta
    by = HiddenField(default=BaseForm.shown_to)


class ChoicesField(SelectMultipleField):
    """Several choices as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SettingsForm(EditForm):
    """Name and roles."""

    name = StringField(
        "Your name or studio",
        [DataRequired("Enter the name that others will see."), AtMost(80)],
        filters=[one_line],
    )
    roles = ChoicesField(
        "What you do here",
        [InputRequired("Choose at least one.")],
        choices={CLIENT: "I hire", FREELANCER: "I look for work"},
    )


class ProfileForm(EditForm):
    """The public profile."""

    headline = StringField("Headline", [AtMost(120)], filters=[one_line])
    about = TextAreaField("About you", [AtMost(5_000)], filters=[lines])
    skills = StringField("Skills", [AtMost(800)], filters=[one_line])
    rate = StringField("Usual rate an hour", [AtMost(20)], filters=[one_line])
    currency = SelectField("Currency", choices={code: code for code in money.COMMON_CURRENCIES})
    country = SelectField(
        "Country", choices={"": "Prefer not to say", **COUNTRIES}, render_kw={"autocomplete": "country"}
    )

    def validate_skills(self, field: Field) -> None:
        skills = split_skills(field.data or "")
        if len(skills) > MAX_SKILLS:
            raise ValidationError(f"Name {MAX_SKILLS} skills at most.")
        if any(len(skill) > 40 for skill in skills):
            raise ValidationError("Keep each skill under 40 characters, with commas between them.")

    def validate_rate(self, field: Field) -> None:
        if field.data:
            try:
                money.parse(field.data, str(self.currency.data))
            except money.NotMoney as error:
                raise ValidationError(str(error)) from None

    @property
    def rate_minor(self) -> int | None:
        """The rate in minor units, or None."""
        return money.parse(str(self.rate.data), str(self.currency.data)) if self.rate.data else None


def web_link(_form: BaseForm, field: Field) -> None:
    """Require an http(s) address, or nothing."""
    parts = urlsplit(field.data or "")
    if field.data and (parts.scheme not in ("http", "https") or "." not in (parts.hostname or "").strip(".")):
        raise ValidationError("Enter a full web address, such as https://example.com/.")


class PortfolioForm(EditForm):
    """One piece of earlier work."""

    title = StringField("Title", [DataRequired("Enter a title for this piece."), AtMost(120)], filters=[one_line])
    description = TextAreaField("What it is and what you did", [AtMost(2_000)], filters=[lines])
    link = LinkField("Link", [Optional(), AtMost(2_000), web_link], filters=[one_line])
    picture = FileField("Picture")
    picture_alt = StringField("What the picture shows", [AtMost(200)], filters=[one_line])


class InviteForm(BaseForm):
    """A past customer's address."""

    email = StringField(
        "Customer’s e-mail",
        [
            DataRequired("Enter your customer’s e-mail address."),
            Email("Enter an e-mail address, such as name@example.com."),
            AtMost(255),
        ],
        filters=[one_line],
    )


class TestimonialForm(BaseForm):
    """What a past customer writes."""

    __test__ = False  # else pytest takes it for a test

    author_name = StringField("Your name", [DataRequired("Enter your name."), AtMost(80)], filters=[one_line])
    author_role = StringField("Who you are", [AtMost(120)], filters=[one_line])
    text = TextAreaField(
        "Your words",
        [
            DataRequired("Write a few words."),
            Length(min=20, message="Write 20 characters or more."),
            AtMost(2_000),
        ],
        filters=[lines],
    )
