"""What browsers and proxies may cache: a table of every kind of answer that covers all routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from marketplace.accounts.models import PortfolioItem, User
from marketplace.core.database import db
from marketplace.jobs.models import Attachment, Job
from marketplace.web.headers import ASKED_AGAIN, NEVER, SHARED, STATIC_FILES, cache_rule
from tests.support.factories import START, make_job
from tests.web.bids.conftest import Fair

KEPT = {"accounts.picture", "jobs.attachment", "bids.picture", "contracts.picture", "moderation.copy_picture"}
KEPT |= {"moderation.match_picture"}
"""Routes of pictures and of files that anybody may see."""

TABLE = [
    # who,        page,                          status, rule
    ("anonymous", "/", 200, NEVER),
    ("anonymous", "/jobs", 200, NEVER),
    ("anonymous", "/jobs/{job}", 200, NEVER),
    ("anonymous", "/people/{wanda}", 200, NEVER),
    ("anonymous", "/help/start", 200, NEVER),
    ("anonymous", "/signin", 200, NEVER),
    ("anonymous", "/signup", 200, NEVER),
    ("anonymous", "/reset/forged", 302, NEVER),
    ("anonymous", "/me", 303, NEVER),
    ("anonymous", "/healthz", 200, NEVER),
    ("anonymous", "/nothing-here", 404, NEVER),
    ("anonymous", "/static/nothing-here.css", 404, NEVER),
    ("anonymous", "/static/css/{css}", 200, SHARED),
    ("anonymous", "/jobs/{job}/attachments/{file}", 200, ASKED_AGAIN),
    ("anonymous", "/jobs/{draft}/attachments/{draft_file}", 404, NEVER),
    ("client", "/jobs/{job}/attachments/{file}", 200, ASKED_AGAIN),
    ("client", "/jobs/{draft}/attachments/{draft_file}", 200, NEVER),
    ("anonymous", "/portfolio/{item}/picture", 200, ASKED_AGAIN),
    ("wanda", "/portfolio/{item}/thumbnail", 404, NEVER),
    ("wanda", "/me", 200, NEVER),
    ("wanda", "/account/email", 200, NEVER),
    ("wanda", "/account/password", 200, NEVER),
    ("wanda", "/verify", 200, NEVER),
    ("wanda", "/bids/{bid}", 200, NEVER),
    ("wanda", "/money", 200, NEVER),
    ("wanda", "/money/statement.csv", 200, NEVER),
    ("wanda", "/money/invoices.csv", 200, NEVER),
    ("wanda", "/admin/queue", 404, NEVER),
    ("admin", "/admin/queue", 200, NEVER),
    ("admin", "/admin/audit", 200, NEVER),
    ("suspended", "/account/profile", 403, NEVER),
]


@pytest.fixture
def places(app: Flask, fair: Fair) -> dict[str, Any]:
    """A job and a draft with a file each, and a portfolio piece with a picture."""
    key = app.extensions["files"].save(b"RIFF")
    with app.app_context():
        client = db.session.get_one(User, fair.people["client"])
        draft = make_job(client, state="draft", published_at=None)
        job = db.session.scalars(select(Job).where(Job.slug == fair.slug)).one()
        for one in (job, draft):
            one.attachments = [Attachment(filename="plan.pdf", media_type="application/pdf", size=4, file_key=key)]
        item = PortfolioItem(user_id=fair.people["wanda"], title="Hall", picture_key=key, created_at=START)
        db.session.add(item)
        db.session.commit()
        return {
            "job": job.slug, "draft": draft.slug, "file": job.attachments[0].id, "draft_file": draft.attachments[0].id,
            "item": item.id, "bid": fair.bids["wanda"], "wanda": db.session.get_one(User, fair.people["wanda"]).slug,
            "css": next(Path(app.static_folder or "", "css").glob("*.css")).name,
        }  # fmt: skip


@pytest.mark.parametrize(("who", "page", "status", "rule"), TABLE, ids=[f"{row[0]} {row[1]}" for row in TABLE])
def test_each_kind_of_answer(fair: Fair, places: dict[str, Any], who: str, page: str, status: int, rule: str) -> None:
    with fair.as_(who).get(page.format(**places)) as answer:
        assert (answer.status_code, answer.headers.getlist("Cache-Control")) == (status, [rule])
        assert "Expires" not in answer.headers or rule == SHARED


@pytest.mark.parametrize("who", ["anonymous", "client"])
def test_no_other_route_is_cached(app: Flask, fair: Fair, places: dict[str, Any], who: str) -> None:
    browser, odd = fair.as_(who), []
    for method, endpoint, path in routes(app):
        with browser.http.open(path, method=method) as answer:
            rules = answer.headers.getlist("Cache-Control")
            allowed = {NEVER}
            if method == "GET" and answer.status_code in (200, 206, 304):
                allowed |= {ASKED_AGAIN} if endpoint in KEPT else {SHARED} if endpoint in STATIC_FILES else set()
            if len(rules) != 1 or rules[0] not in allowed:
                odd.append((method, path, answer.status_code, rules))
    assert not odd


@pytest.mark.parametrize("page", ["/signin", "/signup", "/reset", "/confirm"])
def test_refused_form_is_not_cached(fair: Fair, page: str) -> None:
    answer = fair.as_("anonymous").submit(page, {"email": "nobody"})
    assert answer.status_code in (303, 422)
    assert answer.headers["Cache-Control"] == NEVER


@pytest.mark.parametrize("status", [301, 302, 303, 400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503])
@pytest.mark.parametrize("endpoint", ["static", "jobs.attachment", None])
def test_only_complete_answers_are_cached(status: int, endpoint: str | None) -> None:
    assert cache_rule(endpoint, status, kept=True) == NEVER


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every route with each of its methods, and a matching address."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield method, rule.endpoint, adapter.build(rule.endpoint, values_for(rule), method=method)


def values_for(rule: Rule) -> dict[str, Any]:
    """A value for each part of the address."""
    parts = re.findall(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>", rule.rule)
    return {name: 1 if kind == "int" else among.split(",")[0] if kind == "any" else "x" for kind, among, name in parts}
