"""The admins' page on one answer that returns no report to the queue, and its decision."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.moderation.appeals import choices_for, decide_appeal, rule_for, subject_answered
from marketplace.moderation.forms import DecisionForm
from marketplace.moderation.policy import is_appeal, why_not_decide
from marketplace.moderation.queries import waiting_appeal
from marketplace.moderation.views.blueprint import bp
from marketplace.moderation.wording import DONE, KINDS, RULES
from marketplace.web.access import admins_only
from marketplace.web.form_page import form_page
from marketplace.web.request import actor, now


@bp.route("/admin/appeals/<int:act_id>", methods=["GET", "POST"])
@admins_only
def appeal(act_id: int) -> ResponseReturnValue:
    """The decision, the person's answer, and the choices."""
    act = waiting_appeal(act_id)
    form = DecisionForm(rule=rule_for(act))
    form.act.choices, form.rule.choices = choices_for(act), RULES

    def decide() -> str:
        decide_appeal(actor(), act, str(form.act.data), form.why, now())
        flash("Done, and noted in the audit log.", "success")
        return url_for("moderation.queue")

    def page() -> str:
        return render_template(
            "moderation/appeal.html",
            act=act,
            form=form,
            subject=subject_answered(act),
            is_appeal=is_appeal(act),
            kinds=KINDS,
            done=DONE,
            why_not=why_not_decide(actor(), [act.affected_id], [act]),
        )

    return form_page(form, decide, page)
