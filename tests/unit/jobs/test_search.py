"""The list's queries use indexes on both databases, and the full-text index follows every change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, insert, text

from marketplace.core.database import db
from marketplace.jobs.models import Job, JobSkill
from marketplace.jobs.queries import CLOSING, Filters, browsed_jobs
from marketplace.jobs.search import create_search_index, drop_search_index
from marketplace.jobs.states import JobState
from tests.support.factories import START, make_job, make_user

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)
CATEGORIES = ("web", "shop", "design", "app", "data", "writing", "other", "rare")


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def found(words: str) -> set[str]:
    return {job.title for job in browsed_jobs(Filters(words=words), None, START).rows}


def test_search_index_follows_inserts_updates_and_deletes() -> None:
    job = make_job(make_user("client"), title="Choir", spec="Sheet music as files.")
    assert (found("sheet"), found("choir mus"), found("violin")) == ({"Choir"}, {"Choir"}, set())
    job.spec = "Violins only."
    db.session.commit()
    assert (found("sheet"), found("violin")) == (set(), {"Choir"})
    db.session.delete(job)
    db.session.commit()
    assert found("choir") == set()


def test_search_index_can_be_dropped_and_rebuilt() -> None:
    make_job(make_user("client"), title="Choir")
    connection = db.session.connection()
    drop_search_index(connection)
    create_search_index(connection)
    assert found("choir") == {"Choir"}


@pytest.fixture
def many_jobs() -> None:
    client = make_user("client")
    jobs = [
        {
            "id": number,
            "slug": f"job-{number}",
            "client_id": client.id,
            "state": JobState.OPEN if number % 3 else JobState.EXPIRED,
            "title": f"Job {number} {'violin' if number % 400 == 1 else ''}",
            "spec": "Words that many jobs have in common. " * 50,
            "category": CATEGORIES[number % 7] if number % 200 else "rare",
            "currency": "EUR",
            "budget_min": 0,
            "budget_max": 100,
            "bid_deadline": START + DAY + timedelta(minutes=number),
            "decision_deadline": START + 90 * DAY,
            "version": 1,
            "bid_count": 0,
            "created_at": START,
            "updated_at": START,
            "published_at": START - timedelta(minutes=number),
        }
        for number in range(1, 4001)
    ]
    db.session.execute(insert(Job), jobs)
    skills = [{"job_id": number, "name": f"skill-{number % 50}"} for number in range(1, 4001)]
    db.session.execute(insert(JobSkill), skills)
    db.session.commit()
    if db.engine.dialect.name == "postgresql":  # autovacuum does this in operation; SQLite stays without statistics
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def plan(filters: Filters) -> str:
    """The database's query plan of the list's statement, as one text."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if "FROM jobs" in statement:
            sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    browsed_jobs(filters, None, START)
    event.remove(Engine, "before_cursor_execute", note)
    statement, parameters = sent[0]
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(
        str(row[-1]) for row in db.session.connection().exec_driver_sql(f"{explain} {statement}", parameters)
    )


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (Filters(), "ix_jobs_state_published_at_id"),
        (Filters(sort=CLOSING), "ix_jobs_state_bid_deadline"),
        (Filters(category="rare"), "ix_jobs_state_category_published_at_id"),
        (Filters(skill="skill-7"), "ix_job_skills_name_job_id"),
        (Filters(words="violin"), "job_search"),
    ],
    ids=["newest", "closing", "category", "skill", "words"],
)
def test_list_is_read_through_an_index(many_jobs: None, filters: Filters, index: str) -> None:
    lines = plan(filters)
    assert index in lines or (index == "job_search" and "VIRTUAL TABLE" in lines), lines
    assert "Seq Scan on jobs" not in lines, lines
    assert "SCAN jobs" not in lines, lines
