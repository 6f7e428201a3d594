"""Access table: every page of the room for each kind of person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.jobs.models import Attachment, Job
from marketplace.jobs.states import JobState
from tests.support.factories import START, make_job, make_user
from tests.support.visitor import Visitor

BRIEF = "Members book a slot in three taps, on a phone, with one hand."
PEOPLE = ("anonymous", "freelancer", "other client", "owner", "suspended owner", "admin")

PAGES: dict[tuple[str, str], tuple[int, int, int, int, int, int]] = {
    # (job's state, page): status for each of PEOPLE; 303 sends an anonymous visitor to sign in
    ("open", "/jobs"): (200, 200, 200, 200, 200, 200),
    ("open", "/my/jobs"): (303, 200, 200, 200, 200, 200),
    ("open", "/jobs/new"): (303, 403, 200, 200, 403, 403),
    ("draft", "{job}"): (404, 404, 404, 200, 200, 404),
    ("pending_review", "{job}"): (404, 404, 404, 200, 200, 200),
    ("open", "{job}"): (200, 200, 200, 200, 200, 200),
    ("closed", "{job}"): (200, 200, 200, 200, 200, 200),
    ("expired", "{job}"): (200, 200, 200, 200, 200, 200),
    ("cancelled", "{job}"): (200, 200, 200, 200, 200, 200),
    ("removed", "{job}"): (410, 410, 410, 200, 200, 200),
    ("draft", "{job}/history"): (404, 404, 404, 200, 200, 404),
    ("open", "{job}/history"): (200, 200, 200, 200, 200, 200),
    ("draft", "{job}/attachments/1"): (404, 404, 404, 200, 200, 404),
    ("open", "{job}/attachments/1"): (200, 200, 200, 200, 200, 200),
    ("removed", "{job}/attachments/1"): (410, 410, 410, 200, 200, 200),
    ("draft", "{job}/edit"): (303, 404, 404, 200, 403, 404),
    ("open", "{job}/edit"): (303, 403, 403, 200, 403, 403),
    ("closed", "{job}/edit"): (303, 403, 403, 403, 403, 403),
    ("pending_review", "{job}/edit"): (303, 404, 404, 303, 403, 403),
    ("draft", "{job}/edit/describe"): (303, 404, 404, 200, 403, 404),
    ("open", "{job}/edit/requirements"): (303, 403, 403, 200, 403, 403),
    ("open", "{job}/edit/budget"): (303, 403, 403, 200, 403, 403),
    ("open", "{job}/edit/attachments"): (303, 403, 403, 200, 403, 403),
    ("draft", "{job}/edit/pool"): (303, 404, 404, 409, 403, 404),
    ("draft", "{job}/preview"): (303, 404, 404, 200, 403, 404),
    ("draft", "{job}/posted"): (303, 404, 404, 303, 303, 404),
    ("open", "{job}/posted"): (303, 403, 403, 200, 200, 403),
    ("open", "{job}/close"): (303, 403, 403, 200, 403, 403),
    ("closed", "{job}/close"): (303, 403, 403, 403, 403, 403),
    ("closed", "{job}/reopen"): (303, 403, 403, 200, 403, 403),
    ("open", "{job}/reopen"): (303, 403, 403, 403, 403, 403),
    ("open", "{job}/cancel"): (303, 403, 403, 200, 403, 403),
    ("awarded", "{job}/cancel"): (303, 403, 403, 403, 403, 403),
    ("pending_review", "{job}/take-back"): (303, 404, 404, 200, 403, 403),
}

ACTS: dict[tuple[str, str], tuple[int, int, int, int, int, int]] = {
    # the same for POST; 422 and 303 mean that the person got in
    ("draft", "{job}/publish"): (303, 404, 404, 303, 403, 404),
    ("open", "{job}/edit/describe"): (303, 403, 403, 422, 403, 403),
    ("draft", "{job}/edit/requirements"): (303, 404, 404, 303, 403, 404),
    ("open", "{job}/edit/attachments/1/remove"): (303, 403, 403, 303, 403, 403),
    ("open", "{job}/close"): (303, 403, 403, 303, 403, 403),
    ("closed", "{job}/reopen"): (303, 403, 403, 422, 403, 403),
    ("open", "{job}/cancel"): (303, 403, 403, 422, 403, 403),
    ("pending_review", "{job}/take-back"): (303, 404, 404, 303, 403, 403),
}


class House:
    """A job in some state with one attachment, and all kinds of people."""

    def __init__(self, app: Flask, visitor: Callable[[], Visitor], state: str) -> None:
        with app.app_context():
            owner = make_user("client")
            unpublished = state in (JobState.DRAFT, JobState.PENDING_REVIEW)
            job = make_job(
                owner,
                requirements=[("page", "/prices")],
                state=state,
                spec=BRIEF,
                published_at=None if unpublished else START,
                attachments=[Attachment(filename="plan.txt", media_type="text/plain", size=4, file_key=self.key(app))],
            )
            self.path, self.owner_id = f"/jobs/{job.slug}", owner.id
            self.ids = {
                "freelancer": make_user("freelancer").id,
                "other client": make_user("client").id,
                "owner": owner.id,
                "suspended owner": owner.id,
                "admin": make_user("admin").id,
            }
        self.app, self.visitor = app, visitor

    @staticmethod
    def key(app: Flask) -> str:
        return app.extensions["files"].save(b"plan")

    def enter(self, person: str) -> Visitor:
        browser = self.visitor()
        if person == "suspended owner":
            self.suspend()
        return browser.as_user(self.ids[person]) if person in self.ids else browser

    def suspend(self) -> None:
        with self.app.app_context():
            owner: Any = db.session.get(User, self.owner_id)
            owner.suspended_at = START
            db.session.commit()


@pytest.fixture
def house(app: Flask, visitor: Callable[[], Visitor]) -> Callable[[str], House]:
    return lambda state: House(app, visitor, state)


@pytest.mark.parametrize(("state", "page"), PAGES, ids=lambda part: part)
def test_pages_open_for_those_who_may_see_them(house: Callable[[str], House], state: str, page: str) -> None:
    here = house(state)
    path = page.format(job=here.path)
    statuses = tuple(
        here.enter(person).get(path, buffered=True).status_code for person in PEOPLE if "susp" not in person
    )
    suspended = here.enter("suspended owner").get(path, buffered=True).status_code
    assert (*statuses[:4], suspended, *statuses[4:]) == PAGES[state, page]


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("state", "page"), ACTS, ids=lambda part: part)
def test_only_the_owner_can_act(house: Callable[[str], House], state: str, page: str, person: str) -> None:
    here = house(state)
    answer = here.enter(person).post(page.format(job=here.path))
    assert answer.status_code == ACTS[state, page][PEOPLE.index(person)]


def test_tables_cover_every_page_of_the_room(app: Flask) -> None:
    known = {page.replace("{job}", "/jobs/<slug>").replace("/1", "/<int:attachment_id>") for _, page in (*PAGES, *ACTS)}
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("jobs.")}
    assert rules - known == {"/"}


def test_removed_job_says_why(house: Callable[[str], House], app: Flask) -> None:
    here = house(JobState.REMOVED)
    with app.app_context():
        db.session.execute(db.update(Job).values(end_reason="It asks for free work."))
        db.session.commit()
    answer = here.enter("anonymous").get(here.path)
    assert (answer.status_code, "It asks for free work." in answer.text) == (410, True)
