"""Editing the public profile."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.forms import ProfileForm, split_skills
from marketplace.accounts.models import Profile
from marketplace.accounts.services import people
from marketplace.accounts.views.blueprint import bp
from marketplace.core import money
from marketplace.core.database import lock_row
from marketplace.web.access import in_good_standing
from marketplace.web.form_page import form_page
from marketplace.web.request import actor


@bp.route("/account/profile", methods=["GET", "POST"], endpoint="edit_profile")
@in_good_standing
def edit() -> ResponseReturnValue:
    """Edit one's own profile."""
    person = actor()
    stored = _stored(person.profile)
    form = ProfileForm() if stored.is_sent() else stored

    def change() -> str:
        people.change_profile(
            person,
            headline=str(form.headline.data),
            about=str(form.about.data),
            skills=split_skills(str(form.skills.data)),
            rate_minor=form.rate_minor,
            currency=str(form.currency.data),
            country=str(form.country.data) or None,
        )
        flash("Your profile is saved.", "success")
        return url_for("accounts.profile", slug=person.slug)

    return form_page(
        form,
        change,
        lambda: render_template("accounts/edit_profile.html", form=form, person=person),
        stored=stored,
        repeatable=True,
    )


def _stored(profile: Profile) -> ProfileForm:
    """The form filled from the database; a POST locks the profile."""
    if request.method == "POST":
        lock_row(profile)
    rate = money.plain(profile.rate_minor, profile.rate_currency) if profile.rate_minor is not None else ""
    return ProfileForm(
        formdata=None,
        headline=profile.headline,
        about=profile.about,
        skills=", ".join(profile.skills),
        rate=rate,
        currency=profile.rate_currency,
        country=profile.country or "",
    )
