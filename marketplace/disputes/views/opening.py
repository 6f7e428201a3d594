"""Opens a dispute, after a page that says what that means; withdraws it; appeals against a ruling."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from marketplace.contracts.models import Milestone
from marketplace.contracts.views.blueprint import own_milestone, seen_milestone
from marketplace.core.errors import Conflict, Invalid
from marketplace.disputes import policy, services
from marketplace.disputes.forms import OpenForm, RulingAppealForm
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import newest_dispute, running_dispute
from marketplace.disputes.views.blueprint import bp, days_of, own_dispute, path_of
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.forms import ActionForm, status_of
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now, once, see_other, settings


@bp.route("/milestones/<int:milestone_id>/dispute", methods=["GET", "POST"])
@in_good_standing
def open_one(milestone_id: int) -> ResponseReturnValue:
    """Says what a dispute means and takes the reasons; where there is one already, leads there."""
    milestone, form = own_milestone(milestone_id), OpenForm()
    if form.is_sent() and form.validate():
        try:
            return once(form.key.data, lambda: _open(milestone, form))
        except Invalid as refusal:
            form.blame(refusal.field, str(refusal))
    milestone = own_milestone(milestone_id)
    if not form.is_sent():
        if running := running_dispute(milestone_id):
            return see_other(path_of(running))
        if not policy.may_open(actor(), milestone):
            raise Conflict("No money is held for this milestone, so there is nothing to dispute.")
    page = render_template(
        "disputes/open.html", contract=milestone.contract, milestone=milestone, form=form, days=days_of(settings())
    )
    return page, status_of(form)


@bp.get("/milestones/<int:milestone_id>/dispute/newest")
@signed_in
def newest(milestone_id: int) -> ResponseReturnValue:
    """Leads to the milestone's newest dispute, over or not."""
    found = newest_dispute(seen_milestone(milestone_id).id)
    if found is None:
        raise Conflict("There has been no dispute about this milestone.")
    return see_other(path_of(found))


@bp.route("/disputes/<int:dispute_id>/withdraw", methods=["GET", "POST"])
@signed_in
@password_again
def withdraw(dispute_id: int) -> ResponseReturnValue:
    """Says what withdrawing means, and does it once that is confirmed."""
    dispute, form = own_dispute(dispute_id), ActionForm()
    if form.is_sent() and form.validate():
        return once(form.key.data, lambda: _withdraw(dispute))
    if not policy.may_withdraw(actor(), dispute):
        raise Conflict("Only who opened a dispute withdraws it, and only before an admin has ruled.")
    return render_template("disputes/withdraw.html", dispute=dispute, form=form)


@bp.route("/disputes/<int:dispute_id>/appeal", methods=["GET", "POST"])
@signed_in
def appeal(dispute_id: int) -> ResponseReturnValue:
    """Takes what the ruling got wrong; another admin decides then, finally."""
    dispute, form = own_dispute(dispute_id), RulingAppealForm()
    if form.is_sent() and form.validate():
        try:
            return once(form.key.data, lambda: _appeal(dispute, form))
        except Invalid as refusal:
            form.blame(refusal.field, str(refusal))
    dispute = own_dispute(dispute_id)
    if not form.is_sent() and not policy.may_appeal(actor(), dispute):
        raise Conflict("An appeal isn’t possible now. The dispute’s page shows where it stands.")
    return render_template("disputes/appeal.html", dispute=dispute, form=form), status_of(form)


def _open(milestone: Milestone, form: OpenForm) -> str:
    dispute = services.open_dispute(actor(), milestone, form.words.data or "", days_of(settings()), now())
    flash("The dispute is open and the money frozen. The other side is told, and has time to answer.", "success")
    return path_of(dispute)


def _withdraw(dispute: Dispute) -> str:
    services.withdraw_dispute(actor(), dispute, now())
    flash("The dispute is withdrawn. The milestone goes on where it stood.", "success")
    return path_of(dispute)


def _appeal(dispute: Dispute, form: RulingAppealForm) -> str:
    services.appeal(actor(), dispute, form.words.data or "", now())
    flash("Your appeal is in. Another admin looks at everything anew and rules finally.", "success")
    return path_of(dispute)
