"""The admins' page on one flag: the finding, the bids side by side, and the decision."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.moderation.flags import choices_for, decide_flag, evidence_of, flag_of, next_flag, why_not_decide_flag
from marketplace.moderation.forms import FlagForm
from marketplace.moderation.models import Flag
from marketplace.moderation.noticing.rules import RULES
from marketplace.moderation.views.blueprint import bp
from marketplace.web.access import admins_only
from marketplace.web.form_page import form_page
from marketplace.web.request import actor, now


@bp.route("/admin/flags/<int:flag_id>", methods=["GET", "POST"])
@admins_only
def flag(flag_id: int) -> ResponseReturnValue:
    """One flag, and its decision."""
    found = flag_of(flag_id)
    evidence, form = evidence_of(found), FlagForm()
    form.act.choices = list(choices_for(found, evidence).items())
    form.bids.choices = [(bid.id, f"{bid.freelancer.name}, on {bid.job.title}") for bid in evidence.bids]

    def decide() -> str:
        decide_flag(actor(), found, str(form.act.data), form.bids.data or [], str(form.reason.data), now())
        flash("Done, and noted in the audit log.", "success")
        return _following(found)

    def page() -> str:
        return render_template(
            "moderation/flag.html",
            flag=found,
            evidence=evidence,
            rule=RULES[found.rule],
            form=form,
            why_not=why_not_decide_flag(actor(), found),
        )

    return form_page(form, decide, page)


def _following(decided: Flag) -> str:
    """The next one of its kind: anomalies have a list of their own."""
    if RULES[decided.rule].is_about_rank:
        return url_for("moderation.anomalies")
    following = next_flag(decided)
    return url_for("moderation.flag", flag_id=following.id) if following else url_for("moderation.queue")
