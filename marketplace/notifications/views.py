"""Pages: inbox, mail preferences, and unsubscribing by link."""

from __future__ import annotations

from flask import Blueprint, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import URLSafeSerializer
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.database import db
from marketplace.core.signing import link_signer
from marketplace.notifications import queries, services
from marketplace.notifications.kinds import KINDS
from marketplace.web.access import signed_in
from marketplace.web.forms import ActionForm, BaseForm, csrf, status_of
from marketplace.web.request import actor, actor_or_none, now, see_other

bp = Blueprint("notifications", __name__)


class PreferencesForm(BaseForm):
    """Kinds of news to receive by mail."""

    kinds = SelectMultipleField(
        "Mail me when",
        choices=KINDS,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


@bp.get("/inbox")
@signed_in
def inbox() -> str:
    """All news, or only unread ones."""
    unread_only = request.args.get("show") == "unread"
    page = queries.inbox_of(actor(), request.args.get("after"), unread_only=unread_only)
    return render_template("notifications/inbox.html", page=page, unread_only=unread_only, unread_count=unread_count)


@bp.get("/inbox/unread")
@signed_in
def unread() -> str:
    """Only the count beside "Inbox", for polling."""
    return render_template("notifications/_unread.html", unread_count=unread_count)


@bp.post("/inbox/read")
@signed_in
def read_all() -> ResponseReturnValue:
    """Mark everything as read."""
    if ActionForm().validate():
        services.mark_read(actor(), now())
        db.session.commit()
        flash("Everything is marked as read.", "success")
    return see_other(url_for("notifications.inbox"))


@bp.post("/inbox/<int:notification_id>/read")
@signed_in
def read(notification_id: int) -> ResponseReturnValue:
    """Mark one as read."""
    if ActionForm().validate():
        services.mark_read(actor(), now(), notification_id)
        db.session.commit()
    return see_other(url_for("notifications.inbox"))


@bp.route("/account/notifications", methods=["GET", "POST"])
@signed_in
def preferences() -> ResponseReturnValue:
    """Choose what is sent by mail; the inbox always shows everything."""
    person = actor()
    refused = queries.refused_kinds(person.id)
    form = PreferencesForm(kinds=[kind for kind in KINDS if kind not in refused])
    if form.is_sent() and form.validate():
        services.set_preferences(person.id, form.kinds.data or [])
        db.session.commit()
        flash("Your mail preferences are saved.", "success")
        return see_other(url_for("notifications.preferences"))
    return render_template("notifications/preferences.html", form=form), status_of(form)


@bp.get("/unsubscribe/<token>")
def unsubscribe(token: str) -> str:
    """Ask before switching a kind off; no sign-in is needed."""
    _, kind = services.read_unsubscribe(token, unsubscribe_signer())
    return render_template("notifications/unsubscribe.html", token=token, kind=KINDS[kind], done=False)


@bp.post("/unsubscribe/<token>")
@csrf.exempt
def unsubscribed(token: str) -> str:
    """Switch a kind off; mail programs post here by themselves (RFC 8058), so the signed token is the only check."""
    user_id, kind = services.read_unsubscribe(token, unsubscribe_signer())
    services.set_preference(user_id, kind, wanted=False)
    db.session.commit()
    return render_template("notifications/unsubscribe.html", token=token, kind=KINDS[kind], done=True)


def unsubscribe_signer() -> URLSafeSerializer:
    """Signer of unsubscribe links."""
    return link_signer("unsubscribe")


def unread_count() -> int:
    """The signed-in person's number of unread news; queried once per request."""
    if "unread_count" not in g:
        person = actor_or_none()
        g.unread_count = queries.unread_count(person.id) if person else 0
    return int(g.unread_count)
