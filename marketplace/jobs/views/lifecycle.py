"""The client's decisions on a published job: close, reopen, cancel, take back, each with a confirmation page."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.jobs import policy
from marketplace.jobs.forms.spec import CancelForm, ReopenForm
from marketplace.jobs.services import lifecycle
from marketplace.jobs.states import JobState
from marketplace.jobs.views.blueprint import bp, own_job
from marketplace.web.access import in_good_standing
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.request import actor, now


@bp.route("/jobs/<slug>/close", methods=["GET", "POST"])
@in_good_standing
def close(slug: str) -> ResponseReturnValue:
    """Stop taking bids now."""
    job, form = own_job(slug), ActionForm()

    def act() -> str:
        lifecycle.close_job(actor(), job, now())
        return _done(slug, "The job takes no more bids. Now compare what came in.")

    refusal = policy.why_not_close(actor(), job, now())
    return form_page(form, act, lambda: render_template("jobs/close.html", job=job, form=form), refusal=refusal)


@bp.route("/jobs/<slug>/take-back", methods=["GET", "POST"])
@in_good_standing
def take_back(slug: str) -> ResponseReturnValue:
    """Turn a job that waits for review back into a draft."""
    job, form = own_job(slug), ActionForm()

    def act() -> str:
        lifecycle.take_back_job(actor(), job, now())
        return url_for("jobs.edit", slug=slug)

    refusal = policy.why_not_take_back(actor(), job)
    return form_page(form, act, lambda: render_template("jobs/take_back.html", job=job, form=form), refusal=refusal)


@bp.route("/jobs/<slug>/reopen", methods=["GET", "POST"])
@in_good_standing
def reopen(slug: str) -> ResponseReturnValue:
    """Take bids again, until new deadlines."""
    job, form = own_job(slug), ReopenForm()

    def act() -> str:
        lifecycle.reopen_job(actor(), job, form.moment("bid_deadline"), form.moment("decision_deadline"), now())
        return _done(slug, "The job takes bids again.")

    refusal = policy.why_not_reopen(actor(), job, now())
    return form_page(form, act, lambda: render_template("jobs/reopen.html", job=job, form=form), refusal=refusal)


@bp.route("/jobs/<slug>/cancel", methods=["GET", "POST"])
@in_good_standing
def cancel(slug: str) -> ResponseReturnValue:
    """Cancel a job, with a reason if it was published."""
    job, form = own_job(slug), CancelForm()
    was_draft = job.state == JobState.DRAFT

    def act() -> str:
        lifecycle.cancel_job(actor(), job, form.reason.data or "", now())
        return _done("", "The draft is discarded.") if was_draft else _done(slug, "The job is cancelled.")

    def page() -> str:
        return render_template("jobs/cancel.html", job=job, form=form, was_draft=was_draft)

    return form_page(form, act, page, refusal=policy.why_not_cancel(actor(), job))


def _done(slug: str, words: str) -> str:
    flash(words, "message")
    return url_for("jobs.show", slug=slug) if slug else url_for("jobs.mine")
