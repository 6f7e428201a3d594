"""The mail viewer of a development site: every mail that went out, or would have."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request
from sqlalchemy import select

from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.outbox import OutgoingMail
from marketplace.core.pages import page_of

bp = Blueprint("mailbox", __name__)


def init_mailbox(app: Flask) -> None:
    """Open the viewer and let pages link to it; for development only."""
    app.register_blueprint(bp)
    app.context_processor(lambda: {"mailbox_is_open": True})


@bp.get("/mail")
def index() -> str:
    """All mails, newest first."""
    page = page_of(select(OutgoingMail), [OutgoingMail.id], request.args.get("after"))
    return render_template("mailbox/index.html", page=page)


@bp.get("/mail/<int:mail_id>")
def show(mail_id: int) -> str:
    """One mail with its links to click."""
    mail = db.session.get(OutgoingMail, mail_id)
    if mail is None:
        raise NotFound("There is no such mail.")
    return render_template("mailbox/show.html", mail=mail)
