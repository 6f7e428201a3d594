"""Undelivered mails: the mail server's answer, and one more try."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.outbox import IS_UNDELIVERED, OutgoingMail, send_again
from marketplace.core.pages import page_of
from marketplace.moderation.views.blueprint import bp
from marketplace.web.access import admins_only
from marketplace.web.forms import ActionForm
from marketplace.web.request import now, see_other


@bp.get("/admin/mail")
@admins_only
def mail() -> str:
    """Undelivered mails, newest first."""
    undelivered = page_of(select(OutgoingMail).where(IS_UNDELIVERED), [OutgoingMail.id], request.args.get("after"))
    return render_template("moderation/mail.html", page=undelivered)


@bp.post("/admin/mail/<int:mail_id>/again")
@admins_only
def mail_again(mail_id: int) -> ResponseReturnValue:
    """Retry one of them, for example after fixing the mail server's settings."""
    undelivered = db.session.get(OutgoingMail, mail_id)
    if undelivered is None:
        raise NotFound("There is no such mail.")
    if ActionForm().validate():
        send_again(undelivered, now())
        db.session.commit()
        flash(f"The mail to {undelivered.to} is sent again.", "success")
    return see_other(url_for("moderation.mail"))
