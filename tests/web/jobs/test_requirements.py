"""Requirements are added, moved and removed by buttons alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.jobs.models import JobEdit, JobRequirement
from marketplace.jobs.requirements import KINDS
from marketplace.jobs.states import JobState
from tests.support.factories import make_job, make_user
from tests.support.visitor import Visitor

BRIEF = "Members book a slot in three taps, on a phone, with one hand."
LINES = [("page", "/prices"), ("text", "Book"), ("phone", "")]
FORM = "form[action$=requirements]"


@pytest.fixture
def client_id(app: Flask) -> int:
    with app.app_context():
        return make_user("client").id


@pytest.fixture
def client(visitor: Callable[[], Visitor], client_id: int) -> Visitor:
    return visitor().as_user(client_id)


def job_path(app: Flask, client_id: int, state: JobState = JobState.DRAFT) -> str:
    with app.app_context():
        owner = db.session.get_one(User, client_id)
        return f"/jobs/{make_job(owner, state=state, spec=BRIEF, requirements=LINES).slug}/edit/requirements"


def stored(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [
            (row.kind, row.value)
            for row in db.session.scalars(select(JobRequirement).order_by(JobRequirement.position))
        ]


@pytest.mark.parametrize(
    ("act", "left"),
    [
        ("up-1", [LINES[1], LINES[0], LINES[2]]),
        ("down-1", [LINES[0], LINES[2], LINES[1]]),
        ("remove-0", LINES[1:]),
        ("up-0", LINES),
        ("remove-99", LINES),
        ("remove-x", LINES),
    ],
)
def test_buttons_move_and_remove_lines_of_a_draft(
    app: Flask, client: Visitor, client_id: int, act: str, left: list[tuple[str, str]]
) -> None:
    answer = client.submit(job_path(app, client_id), {"do": act}, form=FORM)
    assert (answer.status_code, stored(app)) == (200, left)


def test_adding_gives_an_empty_line(app: Flask, client: Visitor, client_id: int) -> None:
    path = job_path(app, client_id)
    answer = client.submit(path, {"do": "add"}, form=FORM)
    assert 'name="lines-3-value"' in answer.text
    client.submit(path, {"lines-3-kind": "load_time", "lines-3-value": "1.5"}, form=FORM)
    assert stored(app)[3] == ("load_time", "1.5")


def test_uncheckable_value_gets_an_error_and_is_kept(app: Flask, client: Visitor, client_id: int) -> None:
    answer = client.submit(job_path(app, client_id), {"lines-0-value": "prices"}, form=FORM)
    assert answer.status_code == 422
    assert 'href="#lines-0-value">Requirement 1: Enter a path' in answer.text
    assert 'value="prices"' in answer.text


def test_empty_lines_are_dropped(app: Flask, client: Visitor, client_id: int) -> None:
    answer = client.submit(job_path(app, client_id), {"lines-1-kind": "free", "lines-1-value": " "}, form=FORM)
    assert (answer.status_code, stored(app)) == (303, [LINES[0], LINES[2]])


def test_more_than_thirty_requirements_are_refused(app: Flask, client: Visitor, client_id: int) -> None:
    extra = {f"lines-{number}-kind": "https" for number in range(3, 31)}
    answer = client.submit(job_path(app, client_id), extra, form=FORM)
    assert answer.status_code == 422
    assert "Keep 30 requirements at most; these are 31." in answer.text
    assert stored(app) == LINES


def test_buttons_leave_a_published_job_unchanged_until_saved(app: Flask, client: Visitor, client_id: int) -> None:
    path = job_path(app, client_id, JobState.OPEN)
    assert client.submit(path, {"do": "remove-0"}, form=FORM).status_code == 200
    assert stored(app) == LINES
    fields = {"lines-2-kind": "load_time", "lines-2-value": "2"}
    assert client.submit(path, fields, form=FORM).status_code == 303
    with app.app_context():
        edit = db.session.scalars(select(JobEdit)).one()
        assert edit.changes["requirements"]["after"].endswith("It loads in under 2 seconds")


def test_every_kind_can_be_chosen_and_is_normalized(app: Flask, client: Visitor, client_id: int) -> None:
    path = job_path(app, client_id)
    assert all(f'<option value="{kind}"' in client.get(path).text for kind in KINDS)
    fields = {"lines-0-kind": "link", "lines-0-value": "/ → /book", "lines-1-kind": "color", "lines-1-value": "#0B5FFF"}
    assert client.submit(path, fields, form=FORM).status_code == 303
    assert stored(app) == [("link", "/ -> /book"), ("color", "#0b5fff"), ("phone", "")]
