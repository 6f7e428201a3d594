"""A person's own account: settings, signing out everywhere."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from marketplace.accounts.forms import SettingsForm
from marketplace.accounts.models import ADMIN
from marketplace.accounts.services import people
from marketplace.accounts.views.blueprint import bp
from marketplace.core.database import db
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.forms import ActionForm, status_of
from marketplace.web.request import actor, see_other


@bp.get("/signup/sent")
def sign_up_sent() -> str:
    """The page after signing up."""
    return render_template("accounts/sent.html")


@bp.get("/account")
@signed_in
def settings() -> ResponseReturnValue:
    """Name and roles; links to address, password, mail and sign-out, which suspended people need too."""
    return render_template("accounts/settings.html", form=_settings_form(), person=actor())


@bp.post("/account")
@in_good_standing
def change_settings() -> ResponseReturnValue:
    """Save name and roles."""
    form = SettingsForm()
    if not form.validate() or form.clashes_with(_settings_form()):
        return render_template("accounts/settings.html", form=form, person=actor()), status_of(form)
    people.change_settings(actor(), str(form.name.data), form.roles.data or [])
    db.session.commit()
    flash("Your settings are saved.", "success")
    return see_other(url_for("accounts.settings"))


def _settings_form() -> SettingsForm:
    person = actor()
    roles = [role.name for role in person.roles if role.name != ADMIN]
    return SettingsForm(formdata=None, name=person.name, roles=roles)


@bp.route("/account/signout", methods=["GET", "POST"])
@signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    """Confirm, then end every session on every device."""
    form = ActionForm()
    if form.is_sent() and form.validate():
        people.sign_out_everywhere(actor())
        db.session.commit()
        logout_user()
        flash("You are signed out on every device.", "success")
        return see_other(url_for("security.login"))
    return render_template("accounts/sign_out_everywhere.html", form=form)
