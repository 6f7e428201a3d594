"""The job list: contents, search, filters, order and pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace.jobs.forms.spec import currency_choices
from marketplace.jobs.states import JobState
from tests.support.factories import START, make_job, make_user
from tests.support.queries import counted_queries
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)


@pytest.fixture
def post(app: Flask) -> Callable[..., None]:
    """Post a job with a title, published some hours ago."""
    with app.app_context():
        client = make_user("client")
        client_id = client.id

    def add(title: str, hours: int = 1, **fields: Any) -> None:
        with app.app_context():
            client.id = client_id
            make_job(client, title=title, published_at=START - timedelta(hours=hours), **fields)

    return add


@pytest.fixture
def reader(visitor: Callable[[], Visitor]) -> Visitor:
    return visitor()


def titles(reader: Visitor, path: str) -> list[str]:
    return [link.text() for link in reader.page(path).css("main .list h3 a")]


def test_open_jobs_are_listed_newest_first(reader: Visitor, post: Callable[..., None]) -> None:
    post("Older", hours=5)
    post("Newer", hours=2)
    post("Draft", state=JobState.DRAFT)
    post("Closed", state=JobState.CLOSED)
    post("Waiting", state=JobState.PENDING_REVIEW)
    post("Removed", state=JobState.REMOVED)
    post("Past its deadline, and no worker has come by", bid_deadline=START)
    assert titles(reader, "/jobs") == ["Newer", "Older"]
    assert reader.page("/jobs").css_first("#results").text() == "2 jobs"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=booking", ["Booking site", "Gym"]),
        ("q=BOOK+gym", ["Gym"]),
        ("q=%22+OR+*+)(", []),
        ("q=%27%3B--", ["Gym", "Booking site", "Logo", "Takings page"]),
        ("category=design", ["Logo"]),
        ("skill=Python", ["Takings page"]),
        ("currency=JPY", ["Logo"]),
        ("currency=EUR&budget=4000", ["Takings page"]),
        ("checks=y", ["Takings page"]),
        ("soon=y", ["Logo"]),
        ("sort=closing", ["Logo", "Gym", "Booking site", "Takings page"]),
        ("category=web&q=booking&skill=css", ["Booking site"]),
    ],
)
def test_filters_and_orders(reader: Visitor, post: Callable[..., None], query: str, found: list[str]) -> None:
    post("Booking site", 3, category="web", skills=("css",), bid_deadline=START + 5 * DAY, requirements=[("free", "x")])
    post("Gym", 2, spec="We need bookings.", category="web", bid_deadline=START + 4 * DAY)
    post("Logo", 4, category="design", currency="JPY", bid_deadline=START + 2 * DAY, spec="For a van.")
    post("Takings page", 5, budget_max=400_000, skills=("python",), requirements=[("phone", "")], spec="A table.")
    got = titles(reader, f"/jobs?{query}")
    assert got == found if "sort" in query else sorted(got) == sorted(found)


def test_active_filters_can_be_removed_one_by_one(reader: Visitor, post: Callable[..., None]) -> None:
    post("Logo", category="design")
    page = reader.page("/jobs?q=logo&category=design&sort=closing")
    links = {chip.text(strip=True).split("Remove")[0].strip(): chip.attributes["href"] for chip in page.css("a.chip")}
    assert links["Design"] == "/jobs?q=logo&sort=closing"
    assert links["“logo”"] == "/jobs?category=design&sort=closing"


def test_invalid_filter_value_is_named_and_ignored(reader: Visitor, post: Callable[..., None]) -> None:
    post("Logo")
    answer = reader.get("/jobs?budget=lots&currency=EUR&category=no-such&q=logo")
    assert answer.status_code == 422
    assert 'value="lots"' in answer.text
    assert "Logo</a>" in answer.text


def test_amount_filter_requires_a_currency(reader: Visitor) -> None:
    assert "Choose a currency for the amount." in reader.get("/jobs?budget=100").text


@pytest.mark.parametrize("sort", ["newest", "closing"])
def test_pages_have_no_gaps_or_repeats(reader: Visitor, post: Callable[..., None], sort: str) -> None:
    for number in range(45):
        post(f"Job {number}", hours=number // 3, bid_deadline=START + DAY + timedelta(hours=number // 3))
    seen: list[str] = []
    path: str | None = f"/jobs?sort={sort}"
    while path:
        page = reader.page(path)
        seen += [link.text() for link in page.css("main .list h3 a")]
        following = page.css_first("a[rel=next]")
        path = following.attributes["href"] if following else None
    assert sorted(seen) == sorted(f"Job {number}" for number in range(45))
    assert len(seen) == 45


@pytest.mark.parametrize("cursor", ["x", "e30", "WzFd", "W3siYXQiOiAxfSwgMV0"])
def test_invalid_cursor_gives_the_first_page(reader: Visitor, post: Callable[..., None], cursor: str) -> None:
    post("Logo")
    assert titles(reader, f"/jobs?after={cursor}") == ["Logo"]


def test_empty_lists_suggest_what_to_do(reader: Visitor, post: Callable[..., None]) -> None:
    assert "No job takes bids right now" in reader.page("/jobs").text()
    assert "No job fits all of these" in reader.page("/jobs?q=violin").text()


def test_list_takes_a_fixed_number_of_queries(reader: Visitor, post: Callable[..., None]) -> None:
    def queries() -> int:
        with counted_queries() as statements:
            reader.page("/jobs?q=site")
        return len(statements)

    post("Site", skills=("css",), requirements=[("phone", "")])
    short = queries()
    for number in range(20):
        post(f"Site {number}", skills=("css", "python"), requirements=[("phone", ""), ("https", "")])
    assert queries() == short <= 5


def test_every_currency_can_be_searched(reader: Visitor) -> None:
    offered = {option.attributes["value"] for option in reader.page("/jobs").css("#currency option")}
    assert offered == {"", *currency_choices()}
