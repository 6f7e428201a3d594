"""Views for opening a dispute (after explaining it), withdrawing it and appealing."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from marketplace.contracts.models import Milestone
from marketplace.contracts.views.blueprint import own_milestone, seen_milestone
from marketplace.core.errors import Conflict, NotNow
from marketplace.disputes import policy
from marketplace.disputes.forms import OpenForm, RulingAppealForm
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import newest_dispute, running_dispute
from marketplace.disputes.services import opening, ruling
from marketplace.disputes.views.blueprint import bp, days_of, own_dispute, path_of
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now, see_other, settings


@bp.route("/milestones/<int:milestone_id>/dispute", methods=["GET", "POST"])
@in_good_standing
def open_one(milestone_id: int) -> ResponseReturnValue:
    """Explain disputes and ask for the reason; redirect to a running one."""
    milestone, form = own_milestone(milestone_id), OpenForm()
    refusal = policy.why_not_open(actor(), milestone)
    if refusal and not form.is_sent() and (running := running_dispute(milestone_id)):
        return see_other(path_of(running))

    def page() -> str:
        return render_template(
            "disputes/open.html", contract=milestone.contract, milestone=milestone, form=form, days=days_of(settings())
        )

    return form_page(form, lambda: _open(milestone, form), page, refusal=refusal)


@bp.get("/milestones/<int:milestone_id>/dispute/newest")
@signed_in
def newest(milestone_id: int) -> ResponseReturnValue:
    """Redirect to the milestone's newest dispute, running or ended."""
    found = newest_dispute(seen_milestone(milestone_id).id)
    if found is None:
        raise Conflict("There has been no dispute about this milestone.")
    return see_other(path_of(found))


@bp.route("/disputes/<int:dispute_id>/withdraw", methods=["GET", "POST"])
@signed_in
@password_again
def withdraw(dispute_id: int) -> ResponseReturnValue:
    """Explain withdrawal, and withdraw once confirmed."""
    dispute, form = own_dispute(dispute_id), ActionForm()
    refusal = policy.why_not_withdraw(actor(), dispute)
    return form_page(
        form,
        lambda: _withdraw(dispute),
        lambda: render_template("disputes/withdraw.html", dispute=dispute, form=form),
        refusal=NotNow(refusal) if refusal else None,
    )


@bp.route("/disputes/<int:dispute_id>/appeal", methods=["GET", "POST"])
@signed_in
def appeal(dispute_id: int) -> ResponseReturnValue:
    """Ask what the ruling got wrong; another admin then decides finally."""
    dispute, form = own_dispute(dispute_id), RulingAppealForm()
    return form_page(
        form,
        lambda: _appeal(dispute, form),
        lambda: render_template("disputes/appeal.html", dispute=dispute, form=form),
        refusal=policy.why_not_appeal(actor(), dispute, now()),
    )


def _open(milestone: Milestone, form: OpenForm) -> str:
    dispute = opening.open_dispute(actor(), milestone, form.words.data or "", days_of(settings()), now())
    flash("The dispute is open and the money frozen. The other side is told, and has time to answer.", "success")
    return path_of(dispute)


def _withdraw(dispute: Dispute) -> str:
    opening.withdraw_dispute(actor(), dispute, now())
    flash("The dispute is withdrawn. The milestone goes on where it stood.", "success")
    return path_of(dispute)


def _appeal(dispute: Dispute, form: RulingAppealForm) -> str:
    ruling.appeal(actor(), dispute, form.words.data or "", now())
    flash("Your appeal is in. Another admin looks at everything anew and rules finally.", "success")
    return path_of(dispute)
