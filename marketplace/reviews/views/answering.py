"""Views of the reviewed person: reply once, show a review as a testimonial."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from marketplace.core.database import db
from marketplace.reviews import policy
from marketplace.reviews.forms import ReplyForm
from marketplace.reviews.models import Review
from marketplace.reviews.services import answering
from marketplace.reviews.views.blueprint import bp, path_of, review_of_mine
from marketplace.web.access import in_good_standing
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.request import actor, now, see_other


@bp.route("/reviews/<int:review_id>/reply", methods=["GET", "POST"])
@in_good_standing
def reply(review_id: int) -> ResponseReturnValue:
    """Accept the only reply."""
    review, form = review_of_mine(review_id), ReplyForm()
    return form_page(
        form,
        lambda: _reply(review, form),
        lambda: render_template("reviews/reply.html", review=review, form=form),
        refusal=policy.why_not_reply(actor(), review),
    )


@bp.post("/reviews/<int:review_id>/<any(show, hide):act>", endpoint="quote")
@in_good_standing
def quote(review_id: int, act: str) -> ResponseReturnValue:
    """Show or unshow the review as a testimonial."""
    review = review_of_mine(review_id)
    if ActionForm().validate():
        answering.set_quoted(actor(), review, quoted=act == "show", now=now())
        db.session.commit()
        flash("It stands on your profile now." if act == "show" else "It left your testimonials.", "success")
    return see_other(path_of(review))


def _reply(review: Review, form: ReplyForm) -> str:
    answering.reply_to(actor(), review, form.reply.data or "", now())
    flash("Your reply is shown below the review.", "success")
    return path_of(review)
