"""The admins' page on one near-copy: both prototypes side by side, and the decision on the later one."""

from __future__ import annotations

from flask import Response, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.moderation.copies import decide_copy, near_copy, waiting_copies
from marketplace.moderation.forms import CopyForm
from marketplace.moderation.views.blueprint import bp
from marketplace.web.access import admins_only
from marketplace.web.form_page import form_page
from marketplace.web.pictures import stored_picture
from marketplace.web.request import actor, now


@bp.route("/admin/copies/<int:resemblance_id>", methods=["GET", "POST"])
@admins_only
def near_copies(resemblance_id: int) -> ResponseReturnValue:
    """One near-copy, and its decision."""
    copy, form = near_copy(resemblance_id), CopyForm()

    def decide() -> str:
        decide_copy(actor(), copy, str(form.act.data), str(form.reason.data), now())
        flash("Done, and noted in the audit log. The bid’s rank follows.", "success")
        following = next(iter(waiting_copies(1)), None)
        if following is None:
            return url_for("moderation.queue")
        return url_for("moderation.near_copies", resemblance_id=following[0].id)

    why_not = copy.why_not_decide(actor())
    return form_page(
        form, decide, lambda: render_template("moderation/copy.html", copy=copy, form=form, why_not=why_not)
    )


@bp.get("/admin/copies/<int:resemblance_id>/<any(later, earlier):side>")
@admins_only
def copy_picture(resemblance_id: int, side: str) -> Response:
    """The latest screenshot of one of the two."""
    copy = near_copy(resemblance_id)
    shown = copy.later if side == "later" else copy.earlier
    return stored_picture(shown.prototype.picture_key)
