"""Views for writing a review, editing it while sealed, and correcting its text once revealed."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.linked_accounts import link_between
from marketplace.accounts.policy import acts_for
from marketplace.contracts.policy import side_of
from marketplace.contracts.states import CLIENT, FREELANCER
from marketplace.core.errors import demand
from marketplace.reviews import policy
from marketplace.reviews.forms import CorrectionForm, ReviewForm
from marketplace.reviews.marks import SCALES
from marketplace.reviews.models import Review, ReviewRound
from marketplace.reviews.queries import round_for
from marketplace.reviews.services import writing
from marketplace.reviews.views.blueprint import bp, path_of, review_of_mine
from marketplace.web.access import in_good_standing
from marketplace.web.form_page import form_page
from marketplace.web.request import actor, now


@bp.route("/contracts/<int:contract_id>/review", methods=["GET", "POST"])
@in_good_standing
def write(contract_id: int) -> ResponseReturnValue:
    """Write or edit one's own review of the other side."""
    round_ = _open_round(contract_id)
    side, written = _side_reviewed(round_), _own_review(round_)
    stored = ReviewForm.of(side, written)
    form = ReviewForm.sent_about(side) if stored.is_sent() else stored

    def page() -> str:
        return render_template(
            "reviews/write.html", round=round_, contract=round_.contract, form=form, side=side, scales=SCALES[side],
            written=_own_review(round_),
        )  # fmt: skip

    return form_page(form, lambda: _write(round_, form), page, stored=stored)


@bp.route("/reviews/<int:review_id>/correct", methods=["GET", "POST"])
@in_good_standing
def correct(review_id: int) -> ResponseReturnValue:
    """Correct the text of a revealed review; marks and earlier texts are kept."""
    review = review_of_mine(review_id)
    stored = CorrectionForm(formdata=None, data={"text": review.text})
    form = CorrectionForm() if stored.is_sent() else stored
    return form_page(
        form,
        lambda: _correct(review, form),
        lambda: render_template("reviews/correct.html", review=review, form=form),
        refusal=policy.why_not_correct(actor(), review),
        stored=stored,
    )


def _open_round(contract_id: int) -> ReviewRound:
    """The contract's open round; raises Conflict when it is over, NotAllowed for linked accounts."""
    round_ = round_for(actor(), contract_id)
    linked = link_between(round_.contract.client_id, round_.contract.freelancer_id) is not None
    demand(policy.why_not_review(actor(), round_, now(), linked=linked))
    return round_


def _side_reviewed(round_: ReviewRound) -> str:
    return FREELANCER if side_of(actor(), round_.contract) == CLIENT else CLIENT


def _own_review(round_: ReviewRound) -> Review | None:
    return next((one for one in round_.reviews if acts_for(actor(), one.author_id)), None)


def _write(round_: ReviewRound, form: ReviewForm) -> str:
    review = writing.write_review(actor(), round_, form.marks(), form.text.data or "", now())
    if review.revealed_at:
        flash("You have both written: the reviews are shown now.", "success")
    else:
        flash("Your review is kept, sealed. You can change it until it is shown.", "success")
    return path_of(review) if review.revealed_at else url_for("contracts.show", contract_id=round_.contract_id)


def _correct(review: Review, form: CorrectionForm) -> str:
    writing.correct_review(actor(), review, form.text.data or "", now())
    flash("Your review is corrected. Its former words are kept beside it.", "success")
    return path_of(review)
