"""Pages of posting a job, from the first question to publication."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.views.signals import leave_signals
from marketplace.core.database import db
from marketplace.jobs import policy
from marketplace.jobs.forms.spec import NewJobForm, PublishForm
from marketplace.jobs.models import Job
from marketplace.jobs.queries import TABS, checkable_lines, jobs_of, tab_counts
from marketplace.jobs.services import editing, lifecycle
from marketplace.jobs.spec import SpecProblem
from marketplace.jobs.states import JobState
from marketplace.jobs.views.blueprint import bp, editable_job, own_job
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.form_page import form_page
from marketplace.web.request import actor, now, see_other, settings


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the task list."""

    name: str
    words: str
    status: str
    hint: str = ""


@bp.get("/my/jobs")
@signed_in
def mine() -> str:
    """The client's own jobs, by what they wait for."""
    counts = tab_counts(actor())
    tab = request.args.get("show", "")
    if tab not in TABS:
        tab = next((name for name in TABS if counts[name]), "open")
    page = jobs_of(actor(), tab, request.args.get("after"))
    return render_template(
        "jobs/mine.html", page=page, tab=tab, tabs=TABS, counts=counts, shown_state=policy.shown_state
    )


@bp.route("/jobs/new", methods=["GET", "POST"])
@in_good_standing
def new() -> ResponseReturnValue:
    """Ask for a title and start a draft."""
    form = NewJobForm()

    def create() -> str:
        job = editing.start_draft(actor(), form.title.data or "", now())
        return url_for("jobs.edit", slug=job.slug)

    return form_page(
        form, create, lambda: render_template("jobs/new.html", form=form), refusal=policy.why_not_post(actor())
    )


@bp.get("/jobs/<slug>/edit")
@in_good_standing
def edit(slug: str) -> ResponseReturnValue:
    """The task list of a draft or a published spec; while the job waits for review, redirect to it."""
    if own_job(slug).state == JobState.PENDING_REVIEW:
        return see_other(url_for("jobs.show", slug=slug))
    job = editable_job(slug)
    found = lifecycle.what_lacks(job, now())
    return render_template("jobs/edit.html", job=job, tasks=_tasks(job, found), problems=[])


@bp.get("/jobs/<slug>/preview")
@in_good_standing
def preview(slug: str) -> ResponseReturnValue:
    """The draft as others will see it, with its problems; once posted, redirect to the job itself."""
    job = own_job(slug)
    if job.state != JobState.DRAFT:
        return see_other(url_for("jobs.show", slug=slug))
    return _preview(job, PublishForm(formdata=None))


def _preview(job: Job, form: PublishForm) -> str:
    found = lifecycle.what_lacks(job, now())
    return render_template("jobs/preview.html", job=job, problems=found, form=form, checkable=checkable_lines(job))


@bp.post("/jobs/<slug>/publish")
@in_good_standing
def publish(slug: str) -> ResponseReturnValue:
    """Publish a complete draft, or show its problems; a second submit shows what happens next.

    A job without checkable requirements is published once its client has confirmed the consequences.
    """
    job, form = own_job(slug), PublishForm()
    if job.state == JobState.DRAFT:
        if found := lifecycle.what_lacks(job, now()):
            return render_template("jobs/edit.html", job=job, tasks=_tasks(job, found), problems=found), 422
        if not checkable_lines(job) and not form.demand_tick():
            return _preview(job, form), 422
        leave_signals(actor())
        lifecycle.publish_job(actor(), job, settings().review_first_jobs, now())
        db.session.commit()
    return see_other(url_for("jobs.posted", slug=slug))


@bp.get("/jobs/<slug>/posted")
@signed_in
def posted(slug: str) -> ResponseReturnValue:
    """Confirm the publication and say what happens next."""
    job = own_job(slug)
    if job.state == JobState.DRAFT:
        return see_other(url_for("jobs.edit", slug=slug))
    return render_template("jobs/posted.html", job=job, checkable=checkable_lines(job))


def _tasks(job: Job, found: list[SpecProblem]) -> list[Task]:
    def status(task: str) -> tuple[str, str]:
        missing = [problem.message for problem in found if problem.task == task]
        return ("To do", missing[0]) if missing else ("Done", "")

    lines, files = len(job.requirements), len(job.attachments)
    checks = status("requirements") if lines else ("Optional", "None yet. Each line is tried on every prototype.")
    if lines and not checkable_lines(job) and checks[0] == "Done":
        checks = "Done", "None that we can check, so the rank can’t reward what meets them."
    return [
        Task("describe", "Describe the work", *status("describe")),
        Task("requirements", "Write requirements", *checks),
        Task("budget", "Set budget and dates", *status("budget")),
        Task("attachments", "Attach files", "Done" if files else "Optional"),
        *([Task("pool", "Pay the participation pool", *status("pool"))] if job.requires_prototype else []),
        Task(
            "preview", "Preview and post" if job.state == JobState.DRAFT else "Preview", "To do" if found else "Ready"
        ),
    ]
