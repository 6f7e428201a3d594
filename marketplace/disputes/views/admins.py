"""The admins' pages: disputes that wait for a ruling, and ruling on one."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.disputes import policy, queries, services
from marketplace.disputes.forms import RulingForm
from marketplace.disputes.models import Dispute
from marketplace.disputes.services.settling import money_words
from marketplace.disputes.states import FOR_ADMINS, DisputeOutcome
from marketplace.disputes.views.blueprint import bp, seen_dispute
from marketplace.web.access import admins_only
from marketplace.web.forms import status_of
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now, once


@bp.get("/admin/disputes")
@admins_only
def queue() -> str:
    """Disputes that wait for a ruling, oldest first."""
    page = queries.waiting_disputes(request.args.get("after"))
    return render_template("disputes/queue.html", page=page, may_rule=_may_rule)


@bp.route("/admin/disputes/<int:dispute_id>/rule", methods=["GET", "POST"])
@admins_only
@password_again
def rule(dispute_id: int) -> ResponseReturnValue:
    """Everything that was said on one page, and the ruling."""
    dispute, form = seen_dispute(dispute_id), RulingForm()
    if form.is_sent() and form.validate() and (amount := _amount(form, dispute)) is not None:
        try:
            return once(form.key.data, lambda: _rule(dispute, form, amount))
        except Invalid as refusal:
            form.blame(refusal.field, str(refusal))
        except Conflict as refusal:  # what is new is on the page now, and the reasons may still hold
            form.blame("", str(refusal))
            form.seen_at.data = now().isoformat()
            return _page(seen_dispute(dispute_id), form), 409
    dispute = seen_dispute(dispute_id)
    if not form.is_sent():
        _demand(dispute)
        form.seen_at.data = now().isoformat()
    return _page(dispute, form), status_of(form)


def _page(dispute: Dispute, form: RulingForm) -> str:
    return render_template(
        "disputes/rule.html",
        dispute=dispute,
        milestone=dispute.milestone,
        contract=dispute.milestone.contract,
        form=form,
        money_words=money_words,
    )


def _may_rule(dispute: Dispute) -> bool:
    return policy.may_rule(actor(), dispute)


def _demand(dispute: Dispute) -> None:
    if dispute.state not in FOR_ADMINS:
        raise Conflict("This dispute does not wait for a ruling.")
    if not policy.may_rule(actor(), dispute):
        raise NotAllowed("Another admin has to rule on this: not a side of it, and not who ruled before.")


def _amount(form: RulingForm, dispute: Dispute) -> int | None:
    """What a split gives the freelancer; 0 for what is no split, None where it can't be read."""
    return form.amount(dispute.milestone.contract.currency) if form.outcome.data == DisputeOutcome.SPLIT else 0


def _rule(dispute: Dispute, form: RulingForm, amount: int) -> str:
    outcome, reasons = DisputeOutcome(form.outcome.data), form.reasons.data or ""
    ruling = services.rule(actor(), dispute, outcome, amount, reasons, form.seen(), now())
    words = "Ruled finally: the money moves now." if ruling.round == 2 else "Ruled. Both sides are told and may appeal."
    flash(f"{words} It is noted in the audit log.", "success")
    return url_for("disputes.queue")
