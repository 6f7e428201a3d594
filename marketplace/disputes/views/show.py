"""Views of a dispute: its page, statements, files and calendar."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app, flash, render_template, send_file
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from marketplace.core.errors import Invalid
from marketplace.core.storage import FileStore
from marketplace.core.uploads import ACCEPT, NotAccepted, Upload, accept_file
from marketplace.disputes import policy
from marketplace.disputes.agenda import dispute_ics
from marketplace.disputes.forms import FileForm, WordsForm
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import file_of, open_proposal
from marketplace.disputes.services import arguing
from marketplace.disputes.services.settling import money_words
from marketplace.disputes.views.blueprint import bp, own_dispute, path_of, seen_dispute
from marketplace.web.access import signed_in
from marketplace.web.downloads import CALENDAR, download
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.limits import UPLOADS, limiter
from marketplace.web.request import actor, now, settings


@bp.get("/disputes/<int:dispute_id>")
@signed_in
def show(dispute_id: int) -> ResponseReturnValue:
    """Show the dispute to its sides and admins."""
    return show_page(seen_dispute(dispute_id))


@bp.post("/disputes/<int:dispute_id>/statements")
@signed_in
def say(dispute_id: int) -> ResponseReturnValue:
    """Add a statement."""
    dispute, form = own_dispute(dispute_id), WordsForm()
    return form_page(form, lambda: _say(dispute, form), lambda: show_page(dispute, words=form))


@bp.post("/disputes/<int:dispute_id>/files")
@limiter.limit(UPLOADS)
@signed_in
def bring(dispute_id: int) -> ResponseReturnValue:
    """Add an evidence file."""
    dispute, form = own_dispute(dispute_id), FileForm()
    return form_page(form, lambda: _bring(dispute, form), lambda: show_page(dispute, file=form))


@bp.get("/disputes/<int:dispute_id>/files/<int:file_id>")
@signed_in
def file(dispute_id: int, file_id: int) -> Response:
    """Serve an evidence file, always as a download and never as a page."""
    found = file_of(seen_dispute(dispute_id), file_id)
    return send_file(
        _files().path(found.file_key),
        mimetype=found.media_type,
        as_attachment=True,
        download_name=found.filename,
        etag=found.file_key,
    )


@bp.get("/disputes/<int:dispute_id>/calendar.ics")
@signed_in
def calendar(dispute_id: int) -> Response:
    """The current deadline as a calendar file."""
    dispute = seen_dispute(dispute_id)
    return download(dispute_ics(dispute, settings().site_url, now()), CALENDAR, f"dispute-{dispute.id}.ics")


def show_page(dispute: Dispute, words: WordsForm | None = None, file: FileForm | None = None) -> str:
    """Render the page with the given forms."""
    return render_template(
        "disputes/show.html",
        dispute=dispute,
        milestone=dispute.milestone,
        contract=dispute.milestone.contract,
        person=actor(),
        part=policy.part_in(actor(), dispute),
        policy=policy,
        moment=now(),
        proposal=open_proposal(dispute),
        money_words=money_words,
        words=words or WordsForm(),  # keeps what was typed when a button beside it is pressed
        file=file or FileForm(formdata=None),
        action_form=ActionForm(formdata=None),
        failed=words or file,
        accept=ACCEPT,
        limit_mb=f"{settings().max_upload_bytes / 2**20:g}",
    )


def _say(dispute: Dispute, form: WordsForm) -> str:
    arguing.say(actor(), dispute, form.words.data or "", now())
    flash("It is added. The other side is told.", "success")
    return path_of(dispute)


def _bring(dispute: Dispute, form: FileForm) -> str:
    arguing.bring_file(actor(), dispute, _upload(form.file.data), _files(), now())
    flash("The file is added. Both sides and admins can download it.", "success")
    return path_of(dispute)


def _upload(sent: FileStorage | None) -> Upload:
    """Read and identify the uploaded file; raises Invalid when missing, too large or of a forbidden type."""
    limit = settings().max_upload_bytes
    content = sent.stream.read(limit + 1) if sent else b""
    if not sent or not content:
        raise Invalid("file", "Choose a file that is not empty.")
    if len(content) > limit:
        raise Invalid("file", f"This file is larger than {limit / 2**20:g} MB. Send a smaller one.")
    try:
        return accept_file(sent.filename or "", content)
    except NotAccepted as refusal:
        raise Invalid("file", str(refusal)) from refusal


def _files() -> FileStore:
    return cast(FileStore, current_app.extensions["files"])
