"""Drafts are saved as they are; a published spec changes only if complete, with history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.core.storage import FileStore
from marketplace.core.uploads import Upload
from marketplace.jobs.models import Job
from marketplace.jobs.queries import edits_of
from marketplace.jobs.services import editing
from marketplace.jobs.states import JobState
from tests.support.factories import START, make_job, make_user

pytestmark = pytest.mark.both_engines

BRIEF = "Members book a slot in three taps, on a phone, with one hand."
PLAN = Upload("plan.txt", "text/plain", b"Three halls, two doors.")


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def client() -> User:
    return make_user("client")


@pytest.fixture
def job(client: User) -> Job:
    return make_job(client, spec=BRIEF, requirements=[("page", "/prices"), ("phone", "")], skills=("css",))


def test_draft_is_saved_incomplete(client: User) -> None:
    job = editing.start_draft(client, "Booking site", START)
    editing.save_draft(client, job, {"spec": "Only a thou", "skills": ("css", "flask")}, START)
    editing.save_draft(client, job, {"skills": ("flask",), "requirements": (("page", ""),)}, START)
    assert editing.spec_of(job).spec == "Only a thou"
    assert editing.spec_of(job).skills == ("flask",)
    assert editing.spec_of(job).requirements == (("page", ""),)
    assert job.version == 1


def test_freelancers_can_not_start_drafts() -> None:
    with pytest.raises(NotAllowed):
        editing.start_draft(make_user("freelancer"), "Booking site", START)


def test_autosave_after_publication_changes_nothing(client: User, job: Job) -> None:
    with pytest.raises(Conflict):
        editing.save_draft(client, job, {"spec": "Half a"}, START)


def test_edit_of_published_job_creates_version_and_history(client: User, job: Job) -> None:
    edit = editing.edit_job(client, job, {"budget_max": 400_000, "title": "Booking site, two halls"}, 1, START)
    assert edit is not None
    assert job.version == 2
    assert edit.changes["budget_max"] == {"before": "€3,500", "after": "€4,000"}
    assert [stored.version for stored in edits_of(job)] == [2]
    assert edits_of(job, since_version=2) == []


def test_saving_without_change_is_no_edit(client: User, job: Job) -> None:
    assert editing.edit_job(client, job, {"title": job.title}, 1, START) is None
    assert job.version == 1


def test_edit_of_outdated_version_is_refused(client: User, job: Job) -> None:
    editing.edit_job(client, job, {"title": "Booking site, two halls"}, 1, START)
    with pytest.raises(Conflict):
        editing.edit_job(client, job, {"title": "Booking site, three halls"}, 1, START)


def test_published_spec_must_stay_publishable(client: User, job: Job) -> None:
    with pytest.raises(Invalid):
        editing.edit_job(client, job, {"spec": ""}, 1, START)
    assert job.spec == BRIEF


def test_currency_of_published_job_is_fixed(client: User, job: Job) -> None:
    with pytest.raises(Invalid) as refused:
        editing.edit_job(client, job, {"currency": "JPY"}, 1, START)
    assert refused.value.field == "currency"


def test_job_past_deadline_can_not_be_edited(client: User, job: Job) -> None:
    with pytest.raises(NotAllowed):
        editing.edit_job(client, job, {"title": "Late"}, 1, START + timedelta(days=8))


def test_unchanged_requirements_keep_their_rows_when_others_move(client: User, job: Job) -> None:
    first, second = (line.id for line in job.requirements)
    lines = (("phone", ""), ("https", ""), ("page", "/prices"))
    editing.edit_job(client, job, {"requirements": lines}, 1, START)
    assert [line.id for line in job.requirements if line.kind != "https"] == [second, first]
    assert [line.position for line in job.requirements] == [0, 1, 2]


def test_attachments_are_part_of_the_history(client: User, job: Job, tmp_path: Path) -> None:
    files = FileStore(tmp_path)
    attachment = editing.attach_file(client, job, PLAN, files, START)
    assert files.path(attachment.file_key).read_bytes() == PLAN.content
    editing.remove_attachment(client, job, attachment.id, START)
    assert [edit.changes["attachments"]["after"] for edit in edits_of(job)] == ["", "plan.txt"]


def test_attachment_of_another_job_can_not_be_removed(client: User, job: Job, tmp_path: Path) -> None:
    other = make_job(client, spec=BRIEF)
    attachment = editing.attach_file(client, other, PLAN, FileStore(tmp_path), START)
    with pytest.raises(NotFound):
        editing.remove_attachment(client, job, attachment.id, START)


def test_draft_accepts_at_most_ten_files(client: User, tmp_path: Path) -> None:
    job = make_job(client, state=JobState.DRAFT)
    for _ in range(10):
        editing.attach_file(client, job, PLAN, FileStore(tmp_path), START)
    with pytest.raises(Invalid):
        editing.attach_file(client, job, PLAN, FileStore(tmp_path), START)
    assert job.version == 1
