"""The client's decisions about a job that is out: close, reopen, cancel, take back, each asked once more before."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.jobs import policy, services
from marketplace.jobs.forms.spec import CancelForm, ReopenForm
from marketplace.jobs.states import JobState
from marketplace.jobs.views.blueprint import bp, own_job
from marketplace.web.access import in_good_standing
from marketplace.web.forms import ActionForm, status_of
from marketplace.web.request import actor, now, see_other


@bp.route("/jobs/<slug>/close", methods=["GET", "POST"])
@in_good_standing
def close(slug: str) -> ResponseReturnValue:
    """Stops taking bids now."""
    job, form = own_job(slug), ActionForm()
    _demand(policy.may_close(actor(), job, now()))
    if form.is_sent():
        services.close_job(actor(), job, now())
        return _done(slug, "The job takes no more bids. Now compare what came in.")
    return render_template("jobs/close.html", job=job, form=form)


@bp.route("/jobs/<slug>/take-back", methods=["GET", "POST"])
@in_good_standing
def take_back(slug: str) -> ResponseReturnValue:
    """Makes a job that waits for review a draft again."""
    job, form = own_job(slug), ActionForm()
    _demand(policy.may_take_back(actor(), job))
    if form.is_sent():
        services.take_back_job(actor(), job, now())
        db.session.commit()
        return see_other(url_for("jobs.edit", slug=slug))
    return render_template("jobs/take_back.html", job=job, form=form)


@bp.route("/jobs/<slug>/reopen", methods=["GET", "POST"])
@in_good_standing
def reopen(slug: str) -> ResponseReturnValue:
    """Takes bids again, until new deadlines."""
    job, form = own_job(slug), ReopenForm()
    _demand(policy.may_reopen(actor(), job, now()))
    if form.is_sent() and form.validate():
        deadlines = form.moment("bid_deadline"), form.moment("decision_deadline")
        try:
            services.reopen_job(actor(), job, *deadlines, now())
        except Invalid as refusal:
            form.blame(refusal.field, str(refusal))
        else:
            return _done(slug, "The job takes bids again.")
    return render_template("jobs/reopen.html", job=job, form=form), status_of(form)


@bp.route("/jobs/<slug>/cancel", methods=["GET", "POST"])
@in_good_standing
def cancel(slug: str) -> ResponseReturnValue:
    """Gives a job up, with a reason once it was published."""
    job, form = own_job(slug), CancelForm()
    _demand(policy.may_cancel(actor(), job))
    was_draft = job.state == JobState.DRAFT
    if form.is_sent() and form.validate():
        try:
            services.cancel_job(actor(), job, form.reason.data or "", now())
        except Invalid as refusal:
            form.blame(refusal.field, str(refusal))
        else:
            return _done("", "The draft is discarded.") if was_draft else _done(slug, "The job is cancelled.")
    return render_template("jobs/cancel.html", job=job, form=form, was_draft=was_draft), status_of(form)


def _done(slug: str, words: str) -> ResponseReturnValue:
    db.session.commit()
    flash(words, "message")
    return see_other(url_for("jobs.show", slug=slug) if slug else url_for("jobs.mine"))


def _demand(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed("This can't be done with the job now. Its page shows where it stands.")
