"""One page per topic of a spec: a draft is saved as it is, a published spec changes only if all of it is valid."""

from __future__ import annotations

from dataclasses import replace

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.uploads import NotAccepted, Upload, accept_file
from marketplace.jobs.forms.lines import RequirementsForm
from marketplace.jobs.forms.spec import AttachmentForm, BudgetForm, DescribeForm, TopicForm
from marketplace.jobs.models import Job
from marketplace.jobs.queries import checkable_lines
from marketplace.jobs.requirements import KINDS, MAX_REQUIREMENTS
from marketplace.jobs.services import editing
from marketplace.jobs.services.locking import lock_job
from marketplace.jobs.spec import problems
from marketplace.jobs.states import JobState
from marketplace.jobs.views.blueprint import bp, editable_job
from marketplace.web.access import in_good_standing
from marketplace.web.autosave import AUTOSAVES, conflict, is_autosave, not_saved, saved, saved_but
from marketplace.web.form_page import form_page
from marketplace.web.forms import BaseForm, status_of
from marketplace.web.limits import UPLOADS, limiter
from marketplace.web.request import actor, now, see_other, settings

FORMS = {"describe": DescribeForm, "budget": BudgetForm, "requirements": RequirementsForm}
"""Topic -> its form."""


@bp.route("/jobs/<slug>/edit/describe", methods=["GET", "POST"])
@limiter.limit(AUTOSAVES, methods=["POST"])
@in_good_standing
def describe(slug: str) -> ResponseReturnValue:
    """Title, category, brief, skills."""
    job = editable_job(slug)
    form = DescribeForm() if request.method == "POST" else DescribeForm.of(job)
    return _topic(job, form, "describe")


@bp.route("/jobs/<slug>/edit/budget", methods=["GET", "POST"])
@limiter.limit(AUTOSAVES, methods=["POST"])
@in_good_standing
def budget(slug: str) -> ResponseReturnValue:
    """Currency, range, deadlines."""
    job = editable_job(slug)
    form = BudgetForm() if request.method == "POST" else BudgetForm.of(job)
    return _topic(job, form, "budget")


@bp.route("/jobs/<slug>/edit/requirements", methods=["GET", "POST"])
@limiter.limit(AUTOSAVES, methods=["POST"])
@in_good_standing
def requirements(slug: str) -> ResponseReturnValue:
    """The requirements; its buttons change the list, only Save leaves the page."""
    job = editable_job(slug)
    form = RequirementsForm() if request.method == "POST" else RequirementsForm.of(job)
    act = request.form.get("do", "save")
    if act == "save" or not form.is_sent():
        return _topic(job, form, "requirements")
    changed = form.after(act)
    changed.seen.data = form.seen.data
    if job.state == JobState.DRAFT:
        if _clashes(job, changed, "requirements"):
            return _page(job, changed, "requirements")
        editing.save_draft(actor(), job, changed.changes(), now())
        db.session.commit()
        changed.saw(RequirementsForm.of(job))
    return _page(job, changed, "requirements", act=act)


@bp.route("/jobs/<slug>/edit/attachments", methods=["GET", "POST"])
@limiter.limit(UPLOADS, methods=["POST"])
@in_good_standing
def attachments(slug: str) -> ResponseReturnValue:
    """The files of the brief, and a form that adds one."""
    job = editable_job(slug)
    form = AttachmentForm()

    def act() -> str:
        editing.attach_file(actor(), job, _upload(form), current_app.extensions["files"], now())
        return url_for("jobs.attachments", slug=slug)

    limit_mb = f"{settings().max_upload_bytes / 2**20:g}"
    return form_page(form, act, lambda: _body(job, form, "attachments", limit_mb=limit_mb))


@bp.post("/jobs/<slug>/edit/attachments/<int:attachment_id>/remove")
@in_good_standing
def remove_attachment(slug: str, attachment_id: int) -> ResponseReturnValue:
    """Remove one file from the brief."""
    editing.remove_attachment(actor(), editable_job(slug), attachment_id, now())
    db.session.commit()
    return see_other(url_for("jobs.attachments", slug=slug))


def _topic(job: Job, form: TopicForm, task: str) -> ResponseReturnValue:
    """Show the form, or save it and go back to the task list."""
    if not form.is_sent():
        return _page(job, form, task)
    fits, slug, is_draft = form.validate(), job.slug, job.state == JobState.DRAFT
    if is_autosave() and not is_draft:
        return not_saved(422, "this job is out already, so send the change yourself.")
    if _clashes(job, form, task):
        return conflict() if is_autosave() else _page(job, form, task)
    if is_draft:
        editing.save_draft(actor(), job, form.changes(), now())
        db.session.commit()
        form.saw(FORMS[task].of(job))
    if is_autosave():
        return saved(form) if fits else saved_but(form)
    after = replace(editing.spec_of(job), **form.changes())
    form.blame_problems(problems(after, now()), whole=not is_draft)
    if not form.errors and (is_draft or _edited(job, form)):
        return see_other(url_for("jobs.edit", slug=slug))
    return _page(job, form, task)


def _clashes(job: Job, form: TopicForm, task: str) -> bool:
    """Whether another window changed this topic since the form was shown; locks the job until the commit."""
    lock_job(job)
    return form.clashes_with(FORMS[task].of(job))


def _edited(job: Job, form: TopicForm) -> bool:
    """Whether the published spec accepted the form's changes; if not, the form shows why."""
    try:
        edit = editing.edit_job(
            actor(), job, form.changes(), job.version if form.seen.data else form.seen_version(), now()
        )
    except Invalid as refusal:
        form.blame(refusal.field, str(refusal))
        return False
    except Conflict as change:  # the input stays on the page, and saving again is then a decision
        form.form_errors.append(str(change))
        form.version.data = str(job.version)
        return False
    db.session.commit()
    flash("The job is changed. Those who have bid see what changed." if edit else "Nothing was changed.", "message")
    return True


def _page(job: Job, form: TopicForm, task: str, **context: object) -> ResponseReturnValue:
    return _body(job, form, task, **context), status_of(form)


def _body(job: Job, form: BaseForm, task: str, **context: object) -> str:
    return render_template(
        f"jobs/{task}.html",
        job=job,
        form=form,
        is_draft=job.state == JobState.DRAFT,
        kinds=KINDS,
        max_requirements=MAX_REQUIREMENTS,
        checkable=checkable_lines(job),
        **context,
    )


def _upload(form: AttachmentForm) -> Upload:
    """Identify the uploaded file; raises Invalid when there is none, or it is too large or unsupported."""
    limit = settings().max_upload_bytes
    sent = form.file.data
    content = sent.stream.read(limit + 1) if sent else b""
    if not sent or not content:
        raise Invalid("file", "Choose a file that is not empty.")
    if len(content) > limit:
        raise Invalid(
            "file", f"This file is larger than {limit / 2**20:g} MB. Make it smaller, or link to it in the brief."
        )
    try:
        return accept_file(sent.filename or "", content)
    except NotAccepted as refusal:
        raise Invalid("file", str(refusal)) from refusal
