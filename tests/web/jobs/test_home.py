"""The start page shows the newest jobs that take bids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.jobs.states import JobState
from tests.support.factories import START, make_job, make_user
from tests.support.queries import counted_queries
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines


def test_start_page_shows_the_newest_open_jobs(app: Flask, visitor: Callable[[], Visitor]) -> None:
    with app.app_context():
        client = make_user("client")
        for number in range(8):
            make_job(client, title=f"Job {number}", published_at=START - timedelta(hours=number))
        make_job(client, title="Closed", state=JobState.CLOSED)
    with counted_queries() as statements:
        page = visitor().page("/")
    assert [link.text() for link in page.css("main .list h3 a")] == [f"Job {number}" for number in range(6)]
    assert len(statements) <= 3


def test_empty_market_asks_for_the_first_job(visitor: Callable[[], Visitor]) -> None:
    assert "Post the first one" in visitor().page("/").css_first("main").text()
