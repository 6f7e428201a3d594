"""Admin views: the queue of disputes, and ruling on one."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.disputes import policy, queries
from marketplace.disputes.forms import RulingForm
from marketplace.disputes.models import Dispute
from marketplace.disputes.services import ruling as ruling_service
from marketplace.disputes.services.settling import money_words
from marketplace.disputes.states import DisputeOutcome
from marketplace.disputes.views.blueprint import bp, seen_dispute
from marketplace.web.access import admins_only
from marketplace.web.form_page import form_page
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now


@bp.get("/admin/disputes")
@admins_only
def queue() -> str:
    """List disputes awaiting a ruling, oldest first."""
    page = queries.waiting_disputes(request.args.get("after"))
    return render_template("disputes/queue.html", page=page, why_not_rule=policy.why_not_rule, admin=actor())


@bp.route("/admin/disputes/<int:dispute_id>/rule", methods=["GET", "POST"])
@admins_only
@password_again
def rule(dispute_id: int) -> ResponseReturnValue:
    """Show all statements and accept the ruling."""
    dispute, form = seen_dispute(dispute_id), RulingForm()
    refusal = policy.why_not_rule(actor(), dispute)
    return form_page(form, lambda: _rule(dispute, form), lambda: _page(dispute, form), refusal=refusal, conflict_on="")


def _page(dispute: Dispute, form: RulingForm) -> str:
    if not form.is_sent() or form.form_errors:  # after a conflict the page shows what is new
        form.seen_at.data = now().isoformat()
    return render_template(
        "disputes/rule.html",
        dispute=dispute,
        milestone=dispute.milestone,
        contract=dispute.milestone.contract,
        form=form,
        money_words=money_words,
    )


def _rule(dispute: Dispute, form: RulingForm) -> str:
    outcome, reasons = DisputeOutcome(form.outcome.data), form.reasons.data or ""
    amount = form.amount(dispute.milestone.contract.currency) if outcome is DisputeOutcome.SPLIT else 0
    ruling = ruling_service.rule(actor(), dispute, outcome, amount, reasons, form.seen(), now())
    words = "Ruled finally: the money moves now." if ruling.round == 2 else "Ruled. Both sides are told and may appeal."
    flash(f"{words} It is noted in the audit log.", "success")
    return url_for("disputes.queue")
