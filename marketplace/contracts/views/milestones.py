"""Views of a milestone's steps, each announcing its effect first: pay, submit, request changes, approve."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.contracts import policy
from marketplace.contracts.forms import ApproveForm, ChangesForm, SubmitForm
from marketplace.contracts.models import Milestone
from marketplace.contracts.owed import TITLES, missing_for, of_freelancer, titles
from marketplace.contracts.schedule import promised_at
from marketplace.contracts.services import settling, working
from marketplace.contracts.states import Owed
from marketplace.contracts.views.blueprint import bp, led_back, own_milestone, path_of
from marketplace.contracts.wording import DOMAIN_WORDS, HANDOVER_WORDS
from marketplace.payments.amounts import step_of, step_within
from marketplace.payments.fees import fee_of, percent
from marketplace.web.access import in_good_standing
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now


@bp.route("/milestones/<int:milestone_id>/fund", methods=["GET", "POST"])
@in_good_standing
def fund(milestone_id: int) -> ResponseReturnValue:
    """Show what is about to be paid, then redirect to the payment."""
    milestone, form = own_milestone(milestone_id), ActionForm()

    def page() -> str:
        return render_template("contracts/fund.html", contract=milestone.contract, milestone=milestone, form=form)

    refusal = led_back(milestone.contract, policy.why_not_fund(actor(), milestone))
    return form_page(form, lambda: _fund(milestone), page, refusal=refusal)


@bp.route("/milestones/<int:milestone_id>/submit", methods=["GET", "POST"])
@in_good_standing
def submit(milestone_id: int) -> ResponseReturnValue:
    """Accept submitted work and its address; repeatable to add or fix something."""
    milestone = own_milestone(milestone_id)
    shown = SubmitForm(formdata=None, words=milestone.submission, url=_address(milestone))
    form = SubmitForm() if shown.is_sent() else shown
    refusal = led_back(milestone.contract, policy.why_not_submit(actor(), milestone))
    return form_page(
        form,
        lambda: _submit(milestone, form),
        lambda: _submit_page(milestone, form),
        refusal=refusal,
        stored=shown,
    )


def _submit_page(milestone: Milestone, form: SubmitForm) -> str:
    bps = milestone.hold.fee_bps if milestone.hold else milestone.contract.fee_bps
    step = step_within(milestone.hold) if milestone.hold else step_of(milestone.contract.currency)
    return render_template(
        "contracts/submit.html",
        contract=milestone.contract,
        milestone=milestone,
        form=form,
        promised=promised_at(milestone.contract, milestone),
        net=milestone.amount - fee_of(milestone.amount, bps, step),
        fee=percent(bps),
        missing=titles(of_freelancer(missing_for(milestone))),
    )


@bp.route("/milestones/<int:milestone_id>/changes", methods=["GET", "POST"])
@in_good_standing
def changes(milestone_id: int) -> ResponseReturnValue:
    """Ask for the requested changes."""
    milestone, form = own_milestone(milestone_id), ChangesForm()

    def page() -> str:
        return render_template("contracts/changes.html", contract=milestone.contract, milestone=milestone, form=form)

    refusal = led_back(milestone.contract, policy.why_not_ask_changes(actor(), milestone))
    return form_page(form, lambda: _ask(milestone, form), page, refusal=refusal)


@bp.route("/milestones/<int:milestone_id>/approve", methods=["GET", "POST"])
@in_good_standing
@password_again
def approve(milestone_id: int) -> ResponseReturnValue:
    """Show payee, amount and missing items; release the money, or only record waivers."""
    milestone, form = own_milestone(milestone_id), ApproveForm()
    act = _waive if request.form.get("do") == "waive" else _approve

    def page() -> str:
        missing = [(one, TITLES[one], _reading(one)) for one in missing_for(milestone)]
        return render_template(
            "contracts/approve.html", contract=milestone.contract, milestone=milestone, form=form, missing=missing
        )

    refusal = led_back(milestone.contract, policy.why_not_approve(actor(), milestone))
    return form_page(form, lambda: act(milestone, form), page, refusal=refusal)


def _fund(milestone: Milestone) -> str:
    charge = settling.fund(actor(), milestone, now())
    return charge.checkout_url if milestone.hold_id is None else path_of(milestone.contract)


def _submit(milestone: Milestone, form: SubmitForm) -> str:
    working.submit_work(actor(), milestone, form.words.data or "", form.url.data or "", now())
    flash("It is handed in. The client is told.", "success")
    return path_of(milestone.contract)


def _ask(milestone: Milestone, form: ChangesForm) -> str:
    working.ask_for_changes(actor(), milestone, form.reasons.data or "", now())
    flash("The freelancer is told what has to change. Until it is handed in again, nothing is released.", "success")
    return path_of(milestone.contract)


def _waive(milestone: Milestone, form: ApproveForm) -> str:
    working.waive(actor(), milestone, form.waived(), now())
    flash("It is noted on the contract’s page what you do without. Nothing is released yet.", "success")
    return path_of(milestone.contract)


def _reading(owed: Owed) -> str:
    """Description of an owed thing."""
    return DOMAIN_WORDS if owed is Owed.DOMAIN else HANDOVER_WORDS[owed][1]


def _approve(milestone: Milestone, form: ApproveForm) -> str:
    working.approve(actor(), milestone, now(), form.waived())
    flash("Approved: the money is released to the freelancer.", "success")
    return path_of(milestone.contract)


def _address(milestone: Milestone) -> str:
    return milestone.production.url if milestone.production else ""
