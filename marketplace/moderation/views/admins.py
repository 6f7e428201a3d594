"""The admins' page on themselves: who moderates, and how one becomes an admin, with a confirm page."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.models import User
from marketplace.accounts.queries import admins as all_admins
from marketplace.core.errors import Invalid
from marketplace.moderation.admins import change_admin, person_at, person_to_promote
from marketplace.moderation.forms import AdminForm, AdminReasonForm
from marketplace.moderation.views.blueprint import bp
from marketplace.web.access import admins_only
from marketplace.web.forms import status_of
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now, once, see_other


@bp.route("/admin/admins", methods=["GET", "POST"])
@admins_only
def admins() -> ResponseReturnValue:
    """All admins; an address leads on to the page that asks before it makes one."""
    form = AdminForm()
    if form.is_sent() and form.validate():
        try:
            return see_other(url_for("moderation.admin", slug=person_to_promote(str(form.email.data)).slug, act="make"))
        except Invalid as error:
            form.blame(error.field, str(error))
    return render_template("moderation/admins.html", admins=all_admins(), form=form), status_of(form)


@bp.route("/admin/admins/<slug>/<any(make, remove):act>", methods=["GET", "POST"])
@admins_only
@password_again
def admin(slug: str, act: str) -> ResponseReturnValue:
    """Says what an admin can do, then makes this person one, or no longer one."""
    person, form, to = person_at(slug), AdminReasonForm(), act == "make"
    if form.is_sent() and form.validate():
        try:
            return once(form.key.data, lambda: _change(person, form, to=to))
        except Invalid as error:
            form.blame(error.field, str(error))
    return render_template("moderation/admin.html", person=person, form=form, to=to), status_of(form)


def _change(person: User, form: AdminReasonForm, *, to: bool) -> str:
    change_admin(actor(), person, to=to, reason=str(form.reason.data), now=now())
    flash(f"{person.name} is an admin now." if to else f"{person.name} is no longer an admin.", "success")
    return url_for("moderation.admins")
