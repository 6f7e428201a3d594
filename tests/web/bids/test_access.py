"""Access table: every page of the room for every kind of visitor."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.bids.states import BidState
from marketplace.core.database import db
from marketplace.jobs.states import JobState
from tests.support.factories import make_bid
from tests.web.bids.conftest import Fair, reload

WHO = ("anonymous", "fay", "nora", "wanda", "client", "other client", "suspended", "admin")
"""fay has not bid, nora is another bidder, wanda is the bidder."""

TABLE = {
    # page                     anonymous fay  nora wanda client other suspended admin
    ("GET", "/my/bids"): (303, 200, 200, 200, 200, 200, 200, 200),
    ("GET", "/jobs/{slug}/bids"): (303, 404, 404, 404, 200, 404, 404, 200),
    ("GET", "/jobs/{slug}/bids/news"): (303, 404, 404, 404, 200, 404, 404, 200),
    ("GET", "/jobs/{slug}/compare?bid={wanda}&bid={bob}"): (303, 404, 404, 404, 200, 404, 404, 200),
    ("GET", "/jobs/{slug}/compare/table?bid={wanda}&bid={bob}"): (303, 404, 404, 404, 200, 404, 404, 200),
    ("GET", "/jobs/{slug}/bids/new"): (303, 200, 303, 303, 403, 403, 403, 403),
    ("POST", "/jobs/{slug}/bids/new"): (303, 303, 303, 303, 403, 403, 403, 403),
    ("GET", "/bids/{wanda}"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "/bids/{wanda}/link"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "/bids/{wanda}/rank"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "/bids/{wanda}/state"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "/bids/{wanda}/visit"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "/bids/{wanda}/pictures/wide"): (303, 404, 404, 404, 404, 404, 404, 404),
    ("GET", "/bids/{wanda}/edit"): (303, 404, 404, 200, 403, 404, 403, 403),
    ("POST", "/bids/{wanda}/edit"): (303, 404, 404, 422, 403, 404, 403, 403),
    ("GET", "/bids/{wanda}/preview"): (303, 404, 404, 303, 403, 404, 403, 403),
    ("POST", "/bids/{wanda}/place"): (303, 404, 404, 303, 403, 404, 403, 403),
    ("GET", "/bids/{wanda}/placed"): (303, 404, 404, 200, 403, 404, 403, 403),
    ("GET", "/bids/{wanda}/withdraw"): (303, 404, 404, 200, 403, 404, 403, 403),
    ("POST", "/bids/{wanda}/withdraw"): (303, 404, 404, 303, 403, 404, 403, 403),
    ("POST", "/bids/{wanda}/check"): (303, 404, 404, 303, 403, 404, 403, 403),
    ("POST", "/bids/{wanda}/shortlist"): (303, 404, 404, 403, 303, 404, 403, 403),
    ("POST", "/bids/{wanda}/unshortlist"): (303, 404, 404, 403, 303, 404, 403, 403),
    ("POST", "/bids/{wanda}/note"): (303, 404, 404, 403, 303, 404, 403, 403),
    ("GET", "/bids/{wanda}/decline"): (303, 404, 404, 403, 200, 404, 403, 403),
    ("POST", "/bids/{wanda}/decline"): (303, 404, 404, 403, 422, 404, 403, 403),
    ("POST", "/bids/{wanda}/undecline"): (303, 404, 404, 403, 409, 404, 403, 403),
    ("GET", "/bids/999999"): (303, 404, 404, 404, 404, 404, 404, 404),
}


@pytest.mark.parametrize(("page", "expected"), TABLE.items(), ids=[" ".join(page) for page in TABLE])
def test_access_by_person(fair: Fair, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    url = path.format(slug=fair.slug, **fair.bids)
    answers = []
    for who in WHO:
        browser = fair.as_(who)
        answers.append((browser.get(url) if method == "GET" else browser.post(url)).status_code)
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, expected, strict=True))


@pytest.mark.parametrize(
    ("job_state", "own_bid", "seen"),
    [
        (JobState.OPEN, BidState.SUBMITTED, 404),
        (JobState.OPEN, BidState.HIDDEN, 404),
        (JobState.OPEN, BidState.WITHDRAWN, 200),
        (JobState.OPEN, BidState.DRAFT, 200),
        (JobState.CLOSED, BidState.SUBMITTED, 200),
    ],
)
def test_bidding_admin_has_bidder_access_until_bids_close(
    app: Flask, fair: Fair, job_state: JobState, own_bid: BidState, seen: int
) -> None:
    with app.app_context():
        job, admin = reload(fair.bids["wanda"]).job, db.session.get_one(User, fair.people["admin"])
        mine = make_bid(job, admin, state=own_bid).id
        job.state = job_state
        db.session.commit()
    browser = fair.as_("admin")
    for page in (f"/jobs/{fair.slug}/bids", f"/bids/{fair.bids['wanda']}"):
        assert browser.get(page).status_code == seen
    assert browser.get(f"/bids/{mine}").status_code != 404


def test_draft_is_visible_to_writer_only(fair: Fair) -> None:
    url = fair.as_("fay").submit(f"/jobs/{fair.slug}/bids/new", {"note": "Half a", "do": "save"}).location
    for who in ("client", "admin", "wanda"):
        assert fair.as_(who).get(url).status_code == 404
        assert fair.as_(who).get(url.removesuffix("/edit")).status_code == 404


def test_write_without_csrf_token_is_refused(fair: Fair) -> None:
    for path in (f"/jobs/{fair.slug}/bids/new", f"/bids/{fair.bids['wanda']}/withdraw"):
        assert fair.as_("wanda").http.post(path, data={"note": "x"}).status_code == 400
