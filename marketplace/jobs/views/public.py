"""Public pages: the start page, the job list, a job's history and its files."""

from __future__ import annotations

from flask import current_app, render_template, request, send_file
from flask.typing import ResponseReturnValue

from marketplace.core.storage import FileStore
from marketplace.jobs import policy
from marketplace.jobs.forms.browse import BrowseForm
from marketplace.jobs.queries import (
    COUNT_LIMIT,
    attachment_of,
    browsed_jobs,
    edits_of,
    job_for,
    recent_jobs,
    requirement_counts,
    result_count,
)
from marketplace.jobs.spec import LABELS
from marketplace.jobs.views.blueprint import bp
from marketplace.web.headers import keep_in_browser
from marketplace.web.request import actor_or_none, now


@bp.get("/")
def home() -> str:
    """What this site is, and the newest jobs."""
    jobs = recent_jobs(now())
    return render_template("home.html", recent_jobs=jobs, requirement_counts=requirement_counts(jobs))


@bp.get("/jobs")
def browse() -> ResponseReturnValue:
    """Jobs that take bids, searched and filtered."""
    form = BrowseForm(request.args)
    fits = form.validate()
    filters = form.filters()
    page = browsed_jobs(filters, request.args.get("after"), now())
    context = {
        "form": form,
        "page": page,
        "count": result_count(filters, now()),
        "count_limit": COUNT_LIMIT,
        "requirement_counts": requirement_counts(page.rows),
    }
    return render_template("jobs/browse.html", **context), 200 if fits else 422


@bp.get("/jobs/<slug>/history")
def history(slug: str) -> str:
    """What changed in the spec since it was published; `?since=N` shows only changes after version N."""
    job = job_for(actor_or_none(), slug)
    since = request.args.get("since", 0, int)
    return render_template("jobs/history.html", job=job, edits=edits_of(job, since), since=since, labels=LABELS)


@bp.get("/jobs/<slug>/attachments/<int:attachment_id>")
def attachment(slug: str, attachment_id: int) -> ResponseReturnValue:
    """A file of the brief, always as a download, never displayed inline."""
    job = job_for(actor_or_none(), slug)
    file = attachment_of(job, attachment_id)
    if policy.may_see(None, job):
        keep_in_browser()
    files: FileStore = current_app.extensions["files"]
    return send_file(
        files.path(file.file_key),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.filename,
        etag=file.file_key,
    )
