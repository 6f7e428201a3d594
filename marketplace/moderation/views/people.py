"""Reporting something, answering a decision, and the public log."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.moderation import queries, services
from marketplace.moderation.forms import AnswerForm, ReportForm
from marketplace.moderation.policy import why_not_answer
from marketplace.moderation.subjects import Subject, reportable
from marketplace.moderation.views.blueprint import bp
from marketplace.moderation.wording import DONE, KINDS, RULES
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.form_page import form_page
from marketplace.web.limits import CHECKS, limiter
from marketplace.web.request import actor, now


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
    return form_page(
        form,
        lambda: _report(form, subject),
        lambda: render_template("moderation/report.html", form=form, subject=subject),
        conflict_on="",
        conflict_status=422,
    )


def _report(form: ReportForm, subject: Subject) -> str:
    services.report(actor(), subject, str(form.reason.data), str(form.text.data), now())
    return url_for("moderation.thanks")


@bp.get("/report/thanks")
@signed_in
def thanks() -> str:
    """What happens next with a report."""
    return render_template("moderation/thanks.html")


@bp.get("/account/moderation")
@signed_in
def answer() -> str:
    """All decisions about one's own things, each with a link to answer."""
    page = queries.acts_on(actor(), request.args.get("after"))
    return render_template(
        "moderation/answer.html", page=page, kinds=KINDS, done=DONE, person=actor(), why_not_answer=why_not_answer
    )


@bp.route("/account/moderation/<int:act_id>", methods=["GET", "POST"])
@signed_in
def answered(act_id: int) -> ResponseReturnValue:
    """Answer one decision, on its own page; suspended people may."""
    act = queries.own_act(actor(), act_id)
    form = AnswerForm()

    def send() -> str:
        services.answer(actor(), act, str(form.answer.data), now())
        flash("Your answer is sent. An admin will look at it.", "success")
        return url_for("moderation.answer")

    return form_page(
        form,
        send,
        lambda: render_template("moderation/answer_one.html", act=act, form=form, kinds=KINDS, done=DONE),
        refusal=why_not_answer(actor(), act),
    )


@bp.get("/moderation-log")
def log() -> str:
    """What admins did, without personal data."""
    page = queries.audit_log(request.args.get("after"))
    return render_template("moderation/log.html", page=page, kinds=KINDS, done=DONE, rules=RULES)
