"""The admins' page on one flag: what a rule noticed, the bids side by side, and the decision."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.database import db
from marketplace.core.errors import Invalid
from marketplace.moderation.flags import acts_for, decide_flag, evidence_of, flag_of, next_flag, why_not
from marketplace.moderation.forms import FlagForm
from marketplace.moderation.models import Flag
from marketplace.moderation.noticing.rules import RULES
from marketplace.moderation.views.blueprint import bp
from marketplace.web.access import admins_only
from marketplace.web.forms import status_of
from marketplace.web.request import actor, now, see_other


@bp.route("/admin/flags/<int:flag_id>", methods=["GET", "POST"])
@admins_only
def flag(flag_id: int) -> ResponseReturnValue:
    """One flag, and what to do about it."""
    found = flag_of(flag_id)
    evidence, form = evidence_of(found), FlagForm()
    form.act.choices = list(acts_for(found, evidence).items())
    form.bids.choices = [(bid.id, f"{bid.freelancer.name}, on {bid.job.title}") for bid in evidence.bids]
    if form.is_sent() and form.validate():
        act, reason = str(form.act.data), str(form.reason.data)
        try:
            decide_flag(actor(), found, act, form.bids.data or [], reason, now())
        except Invalid as error:
            db.session.rollback()
            form.blame(error.field, str(error))
            found = flag_of(flag_id)
            evidence = evidence_of(found)
        else:
            db.session.commit()
            flash("Done, and noted in the audit log.", "success")
            return see_other(_following(found))
    page = render_template(
        "moderation/flag.html",
        flag=found,
        evidence=evidence,
        rule=RULES[found.rule],
        form=form,
        why_not=why_not(actor(), found),
    )
    return page, status_of(form)


def _following(decided: Flag) -> str:
    """The next of its kind: anomalies have a list of their own."""
    if RULES[decided.rule].is_about_rank:
        return url_for("moderation.anomalies")
    following = next_flag(decided)
    return url_for("moderation.flag", flag_id=following.id) if following else url_for("moderation.queue")
