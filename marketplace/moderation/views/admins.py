"""The admins' page on admins: the list, and granting the role with a confirmation page."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.models import User
from marketplace.accounts.queries import admins as all_admins
from marketplace.moderation.admins import change_admin, person_at, person_to_promote
from marketplace.moderation.forms import AdminForm, AdminReasonForm
from marketplace.moderation.views.blueprint import bp
from marketplace.web.access import admins_only
from marketplace.web.form_page import form_page
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now


@bp.route("/admin/admins", methods=["GET", "POST"])
@admins_only
def admins() -> ResponseReturnValue:
    """All admins; entering an address leads to the confirmation page."""
    form = AdminForm()
    return form_page(
        form,
        lambda: url_for("moderation.admin", slug=person_to_promote(str(form.email.data)).slug, act="make"),
        lambda: render_template("moderation/admins.html", admins=all_admins(), form=form),
        repeatable=True,
    )


@bp.route("/admin/admins/<slug>/<any(make, remove):act>", methods=["GET", "POST"])
@admins_only
@password_again
def admin(slug: str, act: str) -> ResponseReturnValue:
    """Explain what an admin can do, then grant or revoke the role."""
    person, form, to = person_at(slug), AdminReasonForm(), act == "make"
    return form_page(
        form,
        lambda: _change(person, form, to=to),
        lambda: render_template("moderation/admin.html", person=person, form=form, to=to),
    )


def _change(person: User, form: AdminReasonForm, *, to: bool) -> str:
    change_admin(actor(), person, to=to, reason=str(form.reason.data), now=now())
    flash(f"{person.name} is an admin now." if to else f"{person.name} is no longer an admin.", "success")
    return url_for("moderation.admins")
