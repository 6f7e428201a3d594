"""Views for splitting the money by agreement, without an admin."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from marketplace.core.errors import Conflict
from marketplace.disputes import policy
from marketplace.disputes.forms import SplitForm
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import open_proposal
from marketplace.disputes.services import proposing
from marketplace.disputes.services.settling import money_words
from marketplace.disputes.views.blueprint import bp, own_dispute, path_of
from marketplace.payments.amounts import step_within
from marketplace.payments.fees import fee_of
from marketplace.web.access import signed_in
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now, once


@bp.route("/disputes/<int:dispute_id>/split", methods=["GET", "POST"])
@signed_in
@password_again
def propose(dispute_id: int) -> ResponseReturnValue:
    """Propose a split."""
    dispute, form = own_dispute(dispute_id), SplitForm()
    return form_page(
        form,
        lambda: _propose(dispute, form),
        lambda: render_template("disputes/split.html", dispute=dispute, form=form),
        refusal=policy.why_not_propose(actor(), dispute),
    )


@bp.route("/disputes/<int:dispute_id>/split/<int:proposal_id>", methods=["GET", "POST"])
@signed_in
@password_again
def accept(dispute_id: int, proposal_id: int) -> ResponseReturnValue:
    """Show who would get what, and settle the dispute once confirmed."""
    dispute, form = own_dispute(dispute_id), ActionForm()
    if form.is_sent() and form.validate():
        return once(form.key.data, lambda: _accept(dispute, proposal_id))
    proposal = open_proposal(dispute)
    if proposal is None or proposal.id != proposal_id or policy.why_not_decide(actor(), dispute, proposal):
        raise Conflict("There is nothing for you to accept. The dispute’s page shows where it stands.")
    held = dispute.milestone.hold
    fee = fee_of(proposal.to_freelancer, held.fee_bps, step_within(held)) if held else 0
    return render_template(
        "disputes/accept.html", dispute=dispute, proposal=proposal, form=form, fee=fee, money_words=money_words
    )


@bp.post("/disputes/<int:dispute_id>/split/<int:proposal_id>/<any(decline, take_back):act>")
@signed_in
def answer(dispute_id: int, proposal_id: int, act: str) -> ResponseReturnValue:
    """Decline or take back a split."""
    dispute, form = own_dispute(dispute_id), ActionForm()
    form.demand_valid()
    verb, words = {
        "decline": (proposing.decline_split, "You declined. The dispute goes on."),
        "take_back": (proposing.take_back_split, "Your proposal is taken back."),
    }[act]

    def carry_out() -> str:
        verb(actor(), dispute, proposal_id, now())
        flash(words, "success")
        return path_of(dispute)

    return once(form.key.data, carry_out)


def _propose(dispute: Dispute, form: SplitForm) -> str:
    amount = form.amount(dispute.milestone.contract.currency)
    proposing.propose_split(actor(), dispute, amount, form.words.data or "", now())
    flash("Your proposal is with the other side. If they accept it, the money moves at once.", "success")
    return path_of(dispute)


def _accept(dispute: Dispute, proposal_id: int) -> str:
    proposing.accept_split(actor(), dispute, proposal_id, now())
    flash("Settled: the money is split as you both agreed.", "success")
    return path_of(dispute)
