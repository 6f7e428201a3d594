"""A client posts a job: first question, draft, one page per topic, preview, publication."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from config.settings import Settings, load_settings
from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.jobs.states import JobState
from tests.support.factories import make_job, make_user
from tests.support.visitor import Visitor, as_shown

pytestmark = pytest.mark.both_engines

BRIEF = "Members book a slot in **three taps**, on a phone, with one hand."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return load_settings(**{**settings.model_dump(), "max_upload_bytes": 2**18})


@pytest.fixture
def client_id(app: Flask) -> int:
    with app.app_context():
        return make_user("client").id


@pytest.fixture
def client(visitor: Callable[[], Visitor], client_id: int) -> Visitor:
    return visitor().as_user(client_id)


@pytest.fixture
def draft(client: Visitor) -> str:
    """The address of a new draft."""
    return client.submit("/jobs/new", {"title": "Booking site"}).location.removesuffix("/edit")


def stored(app: Flask) -> Job:
    with app.app_context():
        job = db.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
        _ = job.requirements, job.skills, job.attachments
        return job


def fill_in(client: Visitor, draft: str) -> None:
    client.submit(f"{draft}/edit/describe", {"category": "web", "spec": BRIEF, "skills": "CSS, Python, css"})
    client.submit(
        f"{draft}/edit/budget",
        {
            "currency": "JPY",
            "budget_min": "200,000",
            "budget_max": "350000",
            "bid_deadline": "2026-12-01",
            "decision_deadline": "2026-12-08",
        },
    )
    client.submit(f"{draft}/edit/requirements", {"do": "add"})
    client.submit(f"{draft}/edit/requirements", {"lines-0-kind": "page", "lines-0-value": "/prices", "do": "save"})


def test_first_question_starts_a_draft(client: Visitor, app: Flask) -> None:
    answer = client.submit("/jobs/new", {"title": "  Booking site for a gym "})
    job = stored(app)
    assert answer.status_code == 303
    assert (answer.location, job.title, job.state) == (f"/jobs/{job.slug}/edit", "Booking site for a gym", "draft")


def test_submitting_twice_starts_one_draft(client: Visitor, app: Flask) -> None:
    key = client.page("/jobs/new").css_first("input[name=key]").attributes["value"]
    answers = [client.submit("/jobs/new", {"title": "Booking site", "key": key}) for _ in range(2)]
    assert answers[0].location == answers[1].location
    with app.app_context():
        assert db.session.scalar(select(func.count(Job.id))) == 1


def test_draft_needs_a_title(client: Visitor) -> None:
    answer = client.submit("/jobs/new", {"title": " "})
    assert answer.status_code == 422
    assert "Enter a title" in answer.text


def test_from_draft_to_review(client: Visitor, draft: str, app: Flask) -> None:
    fill_in(client, draft)
    preview = client.page(f"{draft}/preview")
    assert preview.css_first("article strong").text() == "three taps"
    answer = client.submit(f"{draft}/preview", follow=True)
    assert "Your job is with our admins" in answer.text
    job = stored(app)
    assert (job.state, job.currency, job.budget_max) == ("pending_review", "JPY", 350_000)
    assert [skill.name for skill in job.skills] == ["css", "python"]
    assert f"{job.bid_deadline:%Y-%m-%d %H:%M}" == "2026-12-01 17:00"


def test_job_of_known_client_is_published_at_once(client: Visitor, client_id: int, draft: str, app: Flask) -> None:
    with app.app_context():
        make_job(db.session.get_one(User, client_id), state=JobState.EXPIRED)
    fill_in(client, draft)
    assert "Your job is out" in client.submit(f"{draft}/preview", follow=True).text


@pytest.mark.parametrize("line", [None, ("free", "It feels friendly")], ids=["no line", "a line in own words"])
def test_job_without_checkable_requirement_needs_confirmation(
    client: Visitor, client_id: int, app: Flask, line: tuple[str, str] | None
) -> None:
    with app.app_context():
        owner = db.session.get_one(User, client_id)
        lines = [line] if line else []
        slug = make_job(owner, requirements=lines, state="draft", published_at=None, spec=BRIEF * 3).slug
    preview = client.page(f"/jobs/{slug}/preview")
    assert "it can’t tell a prototype that does what you ask from one that merely opens" in preview.text()
    refused = client.submit(f"/jobs/{slug}/preview")
    assert refused.status_code == 422
    assert 'href="#unchecked"' in refused.text
    assert stored(app).state == "draft"
    posted = client.submit(f"/jobs/{slug}/preview", {"unchecked": "y"}, follow=True).text
    assert stored(app).state == "pending_review"
    assert "requirement" in posted
    assert "0 requirements" not in posted
    assert "against your" not in posted


def test_requirements_page_warns_until_one_is_checkable(client: Visitor, draft: str) -> None:
    words = "it can’t tell a prototype that does what you ask from one that merely opens"
    assert words in client.page(f"{draft}/edit/requirements").text()
    fill_in(client, draft)
    assert words not in client.page(f"{draft}/edit/requirements").text()
    assert "Nothing here can be checked" not in client.page(f"{draft}/preview").text()


def test_only_checkable_requirements_are_counted_as_checked(client: Visitor, client_id: int, app: Flask) -> None:
    lines = [("page", "/prices"), ("free", "It feels friendly")]
    with app.app_context():
        owner = db.session.get_one(User, client_id)
        slug = make_job(owner, requirements=lines, state="draft", published_at=None, spec=BRIEF * 3).slug
    posted = as_shown(client.submit(f"/jobs/{slug}/preview", follow=True).text)
    assert "against your 1 requirement that a check can try" in posted


def test_job_in_review_is_not_among_drafts(client: Visitor, draft: str) -> None:
    fill_in(client, draft)
    client.submit(f"{draft}/preview")
    assert not client.page("/my/jobs?show=drafts").css(".list h2 a")
    assert [link.text() for link in client.page("/my/jobs?show=review").css(".list h2 a")] == ["Booking site"]
    assert "In review" in [tab.text(strip=True)[:9] for tab in client.page("/my/jobs").css("main [aria-current]")]


def test_publishing_twice_shows_the_confirmation_again(client: Visitor, draft: str) -> None:
    fill_in(client, draft)
    client.submit(f"{draft}/preview")
    assert client.post(f"{draft}/publish").location == f"{draft}/posted"


@pytest.mark.parametrize("state", ["pending_review", "open"])
def test_going_back_after_posting_leads_to_the_job(client: Visitor, draft: str, app: Flask, state: str) -> None:
    fill_in(client, draft)
    client.submit(f"{draft}/preview")
    with app.app_context():
        db.session.query(Job).update({"state": state})
        db.session.commit()
    assert (client.get(f"{draft}/preview").status_code, client.get(f"{draft}/preview").location) == (303, draft)


def test_task_list_of_job_in_review_leads_to_the_job(client: Visitor, draft: str) -> None:
    fill_in(client, draft)
    client.submit(f"{draft}/preview")
    assert client.get(f"{draft}/edit").location == draft


def test_incomplete_draft_is_not_posted_and_errors_link_to_pages(client: Visitor, draft: str) -> None:
    answer = client.post(f"{draft}/publish")
    assert answer.status_code == 422
    assert f'href="{draft}/edit/describe#category"' in answer.text


def test_task_list_says_what_is_missing(client: Visitor, draft: str) -> None:
    assert client.page(f"{draft}/edit").css_first("#budget-status").text() == "To do"
    fill_in(client, draft)
    page = client.page(f"{draft}/edit")
    assert page.css_first("#budget-status").text() == "Done"
    assert page.css_first("#preview-status").text() == "Ready"


def test_invalid_input_is_kept(client: Visitor, draft: str) -> None:
    answer = client.submit(f"{draft}/edit/budget", {"budget_min": "a lot", "bid_deadline": "2026-11-01"})
    assert answer.status_code == 422
    assert 'value="a lot"' in answer.text
    assert 'value="2026-11-01"' in answer.text
    assert "Enter a time in the future for when bids close." in answer.text


def test_short_brief_is_saved_in_the_draft_with_an_error(client: Visitor, draft: str, app: Flask) -> None:
    answer = client.submit(f"{draft}/edit/describe", {"spec": "Too short"})
    assert (answer.status_code, stored(app).spec) == (422, "Too short")


def test_unknown_currency_is_refused(client: Visitor, draft: str) -> None:
    assert client.submit(f"{draft}/edit/budget", {"currency": "XXX"}).status_code == 422


def autosave(client: Visitor, path: str, fields: dict[str, str]) -> int:
    token = client.csrf_token()
    return client.http.post(path, data={"csrf_token": token, **fields}, headers={"X-Autosave": "1"}).status_code


def test_autosave_stores_an_incomplete_draft(client: Visitor, draft: str, app: Flask) -> None:
    fields = {"title": "Booking site", "category": "", "spec": "Half a sen", "skills": "css"}
    assert autosave(client, f"{draft}/edit/describe", fields) == 200
    assert stored(app).spec == "Half a sen"


def test_autosave_stores_the_other_fields_if_one_is_invalid(client: Visitor, draft: str, app: Flask) -> None:
    fields = {"currency": "EUR", "budget_min": "", "budget_max": "lots", "bid_deadline": "2026-12-01"}
    assert autosave(client, f"{draft}/edit/budget", fields) == 422
    assert stored(app).budget_max == 0
    assert stored(app).bid_deadline is not None


def test_published_job_is_never_autosaved(client: Visitor, client_id: int, app: Flask) -> None:
    with app.app_context():
        job = make_job(db.session.get_one(User, client_id))
        path, title = f"/jobs/{job.slug}/edit/describe", job.title
    assert autosave(client, path, {"title": "Half"}) == 422
    assert stored(app).title == title
    assert client.page(path).css_first("form[data-autosave]") is None


def upload(client: Visitor, draft: str, name: str, content: bytes):
    return client.submit(f"{draft}/edit/attachments", {"file": (io.BytesIO(content), name)}, form="form#upload")


def test_file_is_attached_downloaded_and_removed(client: Visitor, draft: str) -> None:
    assert upload(client, draft, "page.html", b"<script>alert(1)</script>").status_code == 303
    link = client.page(draft).css_first("a[download]").attributes["href"]
    file = client.get(link, buffered=True)
    assert file.headers["Content-Disposition"] == "attachment; filename=page.html.txt"
    assert file.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    client.submit(f"{draft}/edit/attachments", form="form[action$=remove]")
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.txt", b"", "Choose a file that is not empty."),
        ("virus.pdf", b"MZ\x90\x00", "Send a PNG, JPEG"),
        ("big.txt", b"x" * (2**18 + 1), "This file is larger than 0.25 MB"),
    ],
)
def test_refused_files_are_named_with_the_reason(
    client: Visitor, draft: str, name: str, content: bytes, words: str
) -> None:
    answer = upload(client, draft, name, content)
    assert answer.status_code == 422
    assert words in answer.text
