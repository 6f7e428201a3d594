"""The page behind the link mailed to an old e-mail address: it undoes the change, signed in or not."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from marketplace.accounts.models import User
from marketplace.accounts.services import addresses
from marketplace.accounts.views.blueprint import bp
from marketplace.core.database import db
from marketplace.core.signing import link_signer
from marketplace.web.forms import ActionForm
from marketplace.web.request import now, see_other, settings
from marketplace.web.typed import person_id

_PURPOSE = "undo e-mail"


@bp.route("/account/email/undo/<token>", methods=["GET", "POST"])
def undo_email(token: str) -> ResponseReturnValue:
    """Announce, then on POST restore the old address; a mail program that follows links changes nothing."""
    change, form = addresses.undoable_change(token, link_signer(_PURPOSE), now()), ActionForm()
    if form.is_sent():
        form.demand_valid()
        user = addresses.undo_change(change, now())
        if user.id == person_id():
            logout_user()
        db.session.commit()
        flash(
            f"Your account has the address {user.email} again. Have a link mailed to choose a new password.", "success"
        )
        return see_other(url_for("security.forgot_password"))
    return render_template("accounts/undo_email.html", change=change, token=token)


def tell_old_address(user: User, old_email: str) -> None:
    """Mail the link; the caller commits."""
    addresses.note_change(user, old_email, settings().site_url, link_signer(_PURPOSE), now())
