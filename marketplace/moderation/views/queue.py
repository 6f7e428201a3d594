"""The admins' pages: the queue, one item at a time, and the audit log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.queries import admins_in_good_standing
from marketplace.contracts.client_record import client_summary
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid
from marketplace.disputes.queries import waiting_count
from marketplace.jobs.queries import client_record
from marketplace.moderation import queries, services
from marketplace.moderation.copies import waiting_copies
from marketplace.moderation.flags import waiting_flags
from marketplace.moderation.forms import DecisionForm, JobReviewForm
from marketplace.moderation.noticing.rules import RULES as NOTICED
from marketplace.moderation.policy import why_not_decide
from marketplace.moderation.states import ReportState
from marketplace.moderation.subjects import subject_of
from marketplace.moderation.views.blueprint import bp
from marketplace.moderation.wording import DONE, KINDS, REASONS, RULES, Why, changes
from marketplace.watches.queries import side_by_side
from marketplace.web.access import admins_only
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.inputs import row_id
from marketplace.web.pictures import stored_picture
from marketplace.web.request import actor, now, see_other

_PAGES: dict[str, Callable[[int], str]] = {
    "bid": lambda bid_id: url_for("bids.show", bid_id=bid_id),
    "near_copy": lambda resemblance_id: url_for("moderation.near_copies", resemblance_id=resemblance_id),
    "flag": lambda flag_id: url_for("moderation.flag", flag_id=flag_id),
    "appeal": lambda flag_id: url_for("moderation.flag", flag_id=flag_id),
    "dispute": lambda dispute_id: url_for("disputes.show", dispute_id=dispute_id),
    "review": lambda review_id: url_for("reviews.show", review_id=review_id),
    "reply": lambda review_id: url_for("reviews.show", review_id=review_id),
}
"""Page of an audit entry's subject, by kind; others have no page by id."""
FITS = "Fits the rules."


@bp.get("/admin/queue")
@admins_only
def queue() -> str:
    """Everything that waits for an admin, oldest first."""
    reports = queries.waiting_reports(request.args.get("after"))
    return render_template(
        "moderation/queue.html",
        appealed=ReportState.APPEALED,
        page=reports,
        jobs=queries.jobs_to_review(),
        appeals=queries.waiting_appeals(),
        admins=admins_in_good_standing(),
        kinds=KINDS,
        copies=waiting_copies(),
        flags=waiting_flags(),
        rules=NOTICED,
        disputes=waiting_count(),
    )


@bp.route("/admin/reports/<int:report_id>", methods=["GET", "POST"])
@admins_only
def item(report_id: int) -> ResponseReturnValue:
    """One report with its context, and its decision."""
    made = queries.report_of(report_id)
    subject = subject_of(made.subject_kind, made.subject_id)
    form, appealed = DecisionForm(seen_at=now().isoformat(), rule=made.reason), queries.appealed_acts(made)
    form.act.choices = services.acts_on(
        subject, suspended=made.affected.is_suspended, appealed=made.state == ReportState.APPEALED
    )

    def decide() -> str:
        services.decide(actor(), made, str(form.act.data), form.why, _seen_at(form), now())
        flash("Done, and noted in the audit log.", "success")
        following = queries.next_waiting(report_id)
        return url_for("moderation.item", report_id=following.id) if following else url_for("moderation.queue")

    def page() -> str:
        return render_template(
            "moderation/item.html",
            form=form,
            report=made,
            subject=subject,
            match=side_by_side(made.subject_id) if made.subject_kind == "site" else None,
            history=queries.history_of(made.subject_kind, made.subject_id, made.affected_id),
            reasons=REASONS,
            done=DONE,
            why_not=why_not_decide(actor(), [made.affected_id], appealed),
        )

    return form_page(form, decide, page)


@bp.post("/admin/reports/<int:report_id>/claim")
@admins_only
def claim(report_id: int) -> ResponseReturnValue:
    """Take a report, so that no other admin works on it."""
    made = queries.report_of(report_id)
    if ActionForm().validate():
        services.claim(actor(), made, now())
        db.session.commit()
    return see_other(url_for("moderation.item", report_id=report_id))


@bp.get("/admin/matches/<int:match_id>/<any(rejected, site):side>")
@admins_only
def match_picture(match_id: int, side: str) -> Response:
    """The screenshot of one of two sites that a watch found similar."""
    found = side_by_side(match_id)
    record = found.rejected if side == "rejected" else found.site
    shots = record.rendering.shots if record.rendering else {}
    return stored_picture(shots["wide"].key if "wide" in shots else None)


@bp.route("/admin/jobs/<int:job_id>", methods=["GET", "POST"])
@admins_only
def review(job_id: int) -> ResponseReturnValue:
    """Open a new client's job, or send it back."""
    job = queries.job_to_review(job_id)
    form = JobReviewForm()

    def decide() -> str:
        approve = form.act.data == "approve"
        services.review_job(actor(), job, approve=approve, why=_why_of(form, approve=approve), now=now())
        flash("The job is open." if approve else "The job went back to its client.", "success")
        return url_for("moderation.queue")

    def page() -> str:
        return render_template(
            "moderation/review.html",
            form=form,
            job=job,
            record=client_record(job.client_id),
            client_summary=client_summary(job.client_id),
        )

    return form_page(form, decide, page)


@bp.get("/admin/audit")
@admins_only
def audit() -> str:
    """Every act, with actor, reason, before and after."""
    kind, subject_id = request.args.get("kind", ""), request.args.get("id", type=row_id)
    page = queries.audit_log(request.args.get("after"), kind, subject_id)
    return render_template(
        "moderation/audit.html",
        page=page,
        kind=kind,
        subject_id=subject_id,
        kinds=KINDS,
        done=DONE,
        rules=RULES,
        changes=changes,
        pages=_PAGES,
    )


def _why_of(form: JobReviewForm, *, approve: bool) -> Why:
    """The reasons as entered, or a default for opening; raises Invalid without a reason that somebody will read."""
    reason, public = str(form.reason.data or ""), str(form.public.data or "")
    if not approve and not reason:
        raise Invalid("reason", "Write why, so that the client can mend it.")
    if not approve and not public:
        raise Invalid("public", "Write why in one sentence for everybody.")
    return Why(reason or FITS, "first_job", public or FITS)


def _seen_at(form: DecisionForm) -> datetime:
    try:
        seen = datetime.fromisoformat(str(form.seen_at.data))
    except ValueError:
        raise Conflict("This page was open for too long. Open the report again.") from None
    if seen.tzinfo is None:
        raise Conflict("This page was open for too long. Open the report again.")
    return seen
