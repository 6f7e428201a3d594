"""The job page, its history, and the client's decisions on a published job."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.jobs.services import editing
from marketplace.jobs.states import JobState
from tests.support.factories import START, make_job, make_user
from tests.support.queries import counted_queries
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

BRIEF = "Members book a slot in three taps, on a phone, with one hand."
DAY = timedelta(days=1)
DATES = {
    "bid_deadline": "2026-12-20",
    "bid_deadline_time": "12:00",
    "decision_deadline": "2026-12-27",
    "decision_deadline_time": "12:00",
}


@pytest.fixture
def client_id(app: Flask) -> int:
    with app.app_context():
        return make_user("client").id


@pytest.fixture
def client(visitor: Callable[[], Visitor], client_id: int) -> Visitor:
    return visitor().as_user(client_id)


@pytest.fixture
def post(app: Flask, client_id: int) -> Callable[..., str]:
    """Create a job of the client's and return its address."""

    def add(**fields: object) -> str:
        with app.app_context():
            return f"/jobs/{make_job(db.session.get_one(User, client_id), spec=BRIEF, **fields).slug}"  # type: ignore[arg-type]

    return add


@pytest.fixture
def freelancer(app: Flask, visitor: Callable[[], Visitor]) -> Visitor:
    with app.app_context():
        freelancer_id = make_user("freelancer").id
    return visitor().as_user(freelancer_id)


def state_of(app: Flask) -> Job:
    with app.app_context():
        return db.session.scalars(db.select(Job).order_by(Job.id.desc())).first()


def test_requirements_are_numbered_and_show_which_are_checked(
    visitor: Callable[[], Visitor], post: Callable[..., str]
) -> None:
    page = visitor().page(post(requirements=[("page", "/prices"), ("free", "Staff can read it")]))
    lines = [" ".join(line.text().split()) for line in page.css("main ol li[id^=requirement-]")]
    assert lines == ["There is a page at /prices Checked by us", "Staff can read it Judged by the client"]


def test_markdown_is_rendered_without_scripts(visitor: Callable[[], Visitor], app: Flask, client_id: int) -> None:
    with app.app_context():
        spec = "# Big\n<script>alert(1)</script> [x](javascript:alert(1)) **bold**"
        path = f"/jobs/{make_job(db.session.get_one(User, client_id), spec=spec).slug}"
    page = visitor().page(path)
    assert page.css_first("article .prose h3").text() == "Big"
    assert page.css_first("article .prose strong").text() == "bold"
    assert not page.css("article script, article a[href^=javascript]")


def test_page_shows_the_clients_record(visitor: Callable[[], Visitor], post: Callable[..., str]) -> None:
    post(state=JobState.AWARDED)
    post(state=JobState.EXPIRED)
    facts = visitor().page(post()).css_first("section[aria-labelledby=client-title] .facts").text(separator=" ")
    assert " ".join(facts.split()) == (
        "Jobs posted 3 Jobs awarded Not enough yet Ended without an award 1 "
        "Usual time to decide Not enough yet Usual time to release Not enough yet"
    )


def test_freelancer_sees_the_bid_button_until_the_deadline(
    freelancer: Visitor, post: Callable[..., str], clock: FixedClock
) -> None:
    path = post()
    assert freelancer.page(path).css_first("a[href$='/bids/new']").text() == "Bid on this job"
    clock.moment = START + 7 * DAY
    page = freelancer.page(path)
    assert page.css_first("a[href$='/bids/new']") is None
    assert page.css_first("main .badge").text(strip=True) == "Closed for bids"


def test_client_is_told_why_there_is_no_bid_button(
    app: Flask, visitor: Callable[[], Visitor], post: Callable[..., str]
) -> None:
    with app.app_context():
        other = make_user("client").id
    assert "Only freelancers bid." in visitor().as_user(other).get(post()).text


def test_owner_closes_reopens_and_cancels(client: Visitor, post: Callable[..., str], app: Flask) -> None:
    path = post()
    assert "takes no more bids" in client.submit(f"{path}/close", follow=True).text
    assert state_of(app).state == "closed"
    assert "takes bids again" in client.submit(f"{path}/reopen", DATES, follow=True).text
    assert (state_of(app).state, state_of(app).version) == ("open", 2)
    page = client.submit(f"{path}/cancel", {"reason": "We found a plugin."}, follow=True)
    assert "The client cancelled it: We found a plugin." in page.text


def test_missing_reason_and_past_deadlines_are_errors(client: Visitor, post: Callable[..., str]) -> None:
    assert "Tell those who bid why you cancel." in client.submit(f"{post()}/cancel").text
    answer = client.submit(f"{post(state=JobState.CLOSED)}/reopen", {**DATES, "bid_deadline": "2026-01-01"})
    assert answer.status_code == 422
    assert 'value="2026-01-01"' in answer.text


def test_draft_is_discarded_without_a_reason(client: Visitor, post: Callable[..., str], app: Flask) -> None:
    answer = client.submit(f"{post(state=JobState.DRAFT, published_at=None)}/cancel")
    assert (answer.location, state_of(app).state) == ("/my/jobs", "cancelled")


def test_job_in_review_is_taken_back_for_changes(client: Visitor, post: Callable[..., str]) -> None:
    path = post(state=JobState.PENDING_REVIEW, published_at=None)
    assert client.submit(f"{path}/take-back").location == f"{path}/edit"
    assert client.get(f"{path}/edit").status_code == 200


def test_history_shows_before_and_after(client: Visitor, freelancer: Visitor, post: Callable[..., str]) -> None:
    path = post()
    assert "See what changed" not in freelancer.page(path).text()
    client.submit(f"{path}/edit/budget", {"budget_max": "4000"})
    assert "See what changed" in freelancer.page(path).text()
    row = freelancer.page(f"{path}/history").css_first("tbody tr").text(separator="|", strip=True)
    assert row == "Highest budget|€3,500|€4,000"
    assert "Nothing has changed" in freelancer.get(f"{path}/history?since=2").text


def test_two_windows_do_not_overwrite_each_other_silently(
    client: Visitor, client_id: int, post: Callable[..., str], app: Flask
) -> None:
    def save_in_the_first() -> None:
        with app.app_context():
            job, owner = db.session.scalars(db.select(Job)).one(), db.session.get_one(User, client_id)
            editing.edit_job(owner, job, {"title": "From the first window"}, 1, START)
            db.session.commit()

    path = f"{post()}/edit/describe"
    answer = client.submit(path, {"title": "From the second"}, meanwhile=save_in_the_first)
    assert answer.status_code == 409
    assert "changed in another window" in answer.text
    assert 'value="From the second"' in answer.text
    assert "From the first window" in answer.text


def test_published_job_can_not_lose_its_brief(client: Visitor, post: Callable[..., str], app: Flask) -> None:
    answer = client.submit(f"{post()}/edit/describe", {"spec": ""})
    assert (answer.status_code, state_of(app).spec) == (422, BRIEF)
    assert "Describe the work in 40 characters or more." in answer.text


def test_my_jobs_are_grouped_by_what_they_wait_for(client: Visitor, post: Callable[..., str]) -> None:
    post(title="Out")
    post(title="Half written", state=JobState.DRAFT, published_at=None)
    post(title="Over", state=JobState.EXPIRED)
    assert [link.text() for link in client.page("/my/jobs").css(".list h2 a")] == ["Out"]
    assert [link.text() for link in client.page("/my/jobs?show=drafts").css(".list h2 a")] == ["Half written"]
    assert [link.text() for link in client.page("/my/jobs?show=ended").css(".list h2 a")] == ["Over"]
    assert "Nothing here" in client.get("/my/jobs?show=awarded").text


def test_pages_take_a_fixed_number_of_queries_for_any_spec(
    visitor: Callable[[], Visitor], post: Callable[..., str]
) -> None:
    def queries(path: str) -> int:
        with counted_queries() as statements:
            visitor().page(path)
        return len(statements)

    short = queries(post())
    assert queries(post(requirements=[("phone", "")] * 30, skills=("css", "flask", "python"))) == short <= 8
