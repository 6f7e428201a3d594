"""Editing a spec: drafts are saved as they are, a published spec only complete, versioned and with history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, demand
from marketplace.core.events import job_edited
from marketplace.core.storage import FileStore
from marketplace.core.text import unique_slug
from marketplace.core.uploads import Upload
from marketplace.jobs import policy
from marketplace.jobs.models import Attachment, Job, JobEdit, JobRequirement, JobSkill
from marketplace.jobs.queries import attachment_of
from marketplace.jobs.services.locking import lock_job
from marketplace.jobs.services.pools import without_pool_changes
from marketplace.jobs.services.site import look_at_site
from marketplace.jobs.spec import JobSpec, differences, problems
from marketplace.jobs.states import JobState

if TYPE_CHECKING:
    from marketplace.accounts.models import User

MAX_ATTACHMENTS = 10
_PLAIN = (
    "title", "category", "spec", "current_site", "currency", "budget_min", "budget_max", "bid_deadline",
    "decision_deadline", "requires_prototype", "pool_amount",
)  # fmt: skip


def spec_of(job: Job) -> JobSpec:
    """Convert the stored spec to a plain value."""
    return JobSpec(
        **{name: getattr(job, name) for name in _PLAIN},
        skills=tuple(skill.name for skill in job.skills),
        requirements=tuple((line.kind, line.value) for line in job.requirements),
        attachments=tuple(attachment.filename for attachment in job.attachments),
    )


def start_draft(actor: User, title: str, now: datetime) -> Job:
    """Create a draft with a title; raises NotAllowed unless the actor is a client in good standing."""
    demand(policy.why_not_post(actor))
    job = Job(slug=unique_slug(title), client_id=actor.id, title=title, created_at=now, updated_at=now)
    job.requirements, job.skills, job.attachments = [], [], []
    db.session.add(job)
    db.session.flush()
    return job


def save_draft(actor: User, job: Job, changes: Mapping[str, Any], now: datetime) -> None:
    """Store `changes` (fields of JobSpec) of a draft, complete or not; raises Conflict when it is no longer a draft.

    A pool that is paid, or being paid, stays as it is.
    """
    lock_job(job)
    demand(policy.why_not_save_draft(actor, job))
    _apply(job, replace(spec_of(job), **without_pool_changes(job, changes)), now)


def edit_job(actor: User, job: Job, changes: Mapping[str, Any], version: int, now: datetime) -> JobEdit | None:
    """Change a published spec that was read at `version`; return the edit, or None without a difference.

    Raises NotAllowed when it may not be edited (any longer), Conflict when it has changed since it was read, and
    Invalid when the result could not be published.
    """
    lock_job(job)
    demand(policy.why_not_edit(actor, job, now))
    if job.version != version:
        raise Conflict("This job was changed in another window meanwhile. Compare with it, then save again.")
    before = spec_of(job)
    after = replace(before, **without_pool_changes(job, changes))
    if after.currency != before.currency:
        raise Invalid("currency", f"Bids are in {before.currency}, so the currency stays.")
    for found in problems(after, now):
        raise Invalid(found.field, found.message)
    _apply(job, after, now)
    return record_edit(job, before, now)


def attach_file(actor: User, job: Job, upload: Upload, files: FileStore, now: datetime) -> Attachment:
    """Add a file to the brief; raises Invalid when there are ten already."""
    lock_job(job)
    demand(policy.why_not_edit(actor, job, now))
    if len(job.attachments) >= MAX_ATTACHMENTS:
        raise Invalid("file", f"A job has {MAX_ATTACHMENTS} attachments at most. Remove one first.")
    before = spec_of(job)
    attachment = Attachment(
        filename=upload.filename,
        media_type=upload.media_type,
        size=len(upload.content),
        file_key=files.save(upload.content),
    )
    job.attachments.append(attachment)
    _changed_files(job, before, now)
    return attachment


def remove_attachment(actor: User, job: Job, attachment_id: int, now: datetime) -> None:
    """Remove a file from the brief; raises NotFound when it is not there."""
    lock_job(job)
    demand(policy.why_not_edit(actor, job, now))
    before = spec_of(job)
    job.attachments.remove(attachment_of(job, attachment_id))
    _changed_files(job, before, now)


def record_edit(job: Job, before: JobSpec, now: datetime, *, reopened: bool = False) -> JobEdit | None:
    """Store the differences from `before` as the next version and signal the rooms above; None without a difference.

    `reopened`: bidders are told of the new deadlines in other words.
    """
    changes = differences(before, spec_of(job))
    if not changes:
        return None
    job.version += 1
    edit = JobEdit(job_id=job.id, version=job.version, edited_at=now, changes=changes)
    db.session.add(edit)
    look_at_site(job, now)
    db.session.flush()
    job_edited.send(job, edit=edit, reopened=reopened)
    return edit


def _changed_files(job: Job, before: JobSpec, now: datetime) -> None:
    job.updated_at = now
    db.session.flush()
    if job.state != JobState.DRAFT:
        record_edit(job, before, now)


def _apply(job: Job, spec: JobSpec, now: datetime) -> None:
    for name in _PLAIN:
        setattr(job, name, getattr(spec, name))
    kept = {skill.name: skill for skill in job.skills}
    job.skills = [kept.get(name) or JobSkill(name=name) for name in spec.skills]
    job.requirements = _lines(job, spec)
    job.updated_at = now
    db.session.flush()


def _lines(job: Job, spec: JobSpec) -> list[JobRequirement]:
    """The spec's lines as rows; an unchanged line keeps its row, since check findings refer to it."""
    rows = list(job.requirements)
    lines: list[JobRequirement] = []
    for position, (kind, value) in enumerate(spec.requirements):
        row = next((row for row in rows if (row.kind, row.value) == (kind, value)), None)
        if row:
            rows.remove(row)
        else:
            row = JobRequirement(kind=kind, value=value)
        row.position = position
        lines.append(row)
    return lines
