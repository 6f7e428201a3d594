"""Reporting something, answering a decision, and the public log."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.moderation import queries, services
from marketplace.moderation.forms import AnswerForm, ReportForm
from marketplace.moderation.policy import may_answer
from marketplace.moderation.subjects import Subject, reportable
from marketplace.moderation.views.blueprint import bp
from marketplace.moderation.wording import DONE, KINDS, RULES
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.forms import status_of
from marketplace.web.limits import CHECKS, limiter
from marketplace.web.request import actor, now, once, see_other


@bp.route(
    "/report/<any(job, bid, profile, message, testimonial, review, reply):kind>/<int:subject_id>",
    methods=["GET", "POST"],
)
@limiter.limit(CHECKS, methods=["POST"])
@in_good_standing
def report(kind: str, subject_id: int) -> ResponseReturnValue:
    """Report one thing to the admins."""
    subject = reportable(actor(), kind, subject_id)
    form = ReportForm()
    if form.is_sent() and form.validate():
        try:
            return once(form.key.data, lambda: _report(form, subject))
        except Conflict as error:
            form.blame("", str(error))
    return render_template("moderation/report.html", form=form, subject=subject), status_of(form)


def _report(form: ReportForm, subject: Subject) -> str:
    services.report(actor(), subject, str(form.reason.data), str(form.text.data), now())
    return url_for("moderation.thanks")


@bp.get("/report/thanks")
@signed_in
def thanks() -> str:
    """What happens with a report."""
    return render_template("moderation/thanks.html")


@bp.get("/account/moderation")
@signed_in
def answer() -> str:
    """Every decision about one's own things, each with a place to answer."""
    page = queries.acts_on(actor(), request.args.get("after"))
    return render_template("moderation/answer.html", page=page, kinds=KINDS, done=DONE, may_answer=may_answer)


@bp.route("/account/moderation/<int:act_id>", methods=["GET", "POST"])
@signed_in
def answered(act_id: int) -> ResponseReturnValue:
    """Answer one decision, on a page of its own; suspended people may."""
    act = queries.own_act(actor(), act_id)
    form = AnswerForm()
    if form.is_sent() and form.validate():
        services.answer(actor(), act, str(form.answer.data), now())
        db.session.commit()
        flash("Your answer is sent. An admin will look at it.", "success")
        return see_other(url_for("moderation.answer"))
    if not may_answer(act) and not form.is_sent():
        raise Conflict("There is nothing to answer here: you have answered, or the decision is final.")
    page = render_template("moderation/answer_one.html", act=act, form=form, kinds=KINDS, done=DONE)
    return page, status_of(form)


@bp.get("/moderation-log")
def log() -> str:
    """What admins did, without personal data."""
    page = queries.audit_log(request.args.get("after"))
    return render_template("moderation/log.html", page=page, kinds=KINDS, done=DONE, rules=RULES)
