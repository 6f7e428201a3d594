"""A linked account can draft a bid but not place it until a moderator clears the pair."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.models import AccountSignal, User
from marketplace.accounts.services.signals import know_pair, note_signals
from marketplace.bids.models import Bid
from marketplace.core.database import db
from tests.support.factories import START, make_job
from tests.web.bids.conftest import Fair
from tests.web.bids.test_form import ANSWERS, NOTE


@pytest.fixture
def linked(app: Flask, fair: Fair) -> Fair:
    """Fay has used the client's browser."""
    with app.app_context():
        for who in ("fay", "client"):
            note_signals(fair.people[who], {"device": "one"}, "s" * 40, START)
        db.session.commit()
    return fair


def draft(fair: Fair) -> str:
    """Path of the preview of Fay's complete draft."""
    answer = fair.as_("fay").submit(f"/jobs/{fair.slug}/bids/new", {**ANSWERS, "do": "preview"})
    assert answer.status_code == 303
    return answer.location


def test_empty_form_explains_why_linked_account_cannot_bid(linked: Fair) -> None:
    page = linked.as_("fay").page(f"/jobs/{linked.slug}/bids/new").text()
    assert "the same browser signed in to both" in page
    assert "Tell a moderator that you are two people" in page
    assert "browser signed in" not in linked.as_("fay").page(f"/jobs/{linked.slug}").text()


def test_linked_placing_is_refused_with_draft_kept_and_appeal_offered(app: Flask, linked: Fair) -> None:
    preview, fay = draft(linked), linked.as_("fay")
    assert fay.page(preview).css_first("form[action$='/place']") is None
    refused = fay.post(preview.replace("preview", "place"))
    assert refused.status_code == 422
    assert "one person’s accounts can’t bid on each other’s jobs" in refused.text
    assert "/account/linked/cleo-client-" in refused.text
    assert NOTE in refused.text
    with app.app_context():
        bid = db.session.scalars(select(Bid).where(Bid.freelancer_id == linked.people["fay"])).one()
        assert (bid.state, bid.note, bid.job.bid_count) == ("draft", NOTE, 3)


def test_pair_cleared_by_admin_may_bid(app: Flask, linked: Fair) -> None:
    preview = draft(linked)
    with app.app_context():
        admin = db.session.get_one(User, linked.people["admin"])
        know_pair(admin, linked.people["fay"], linked.people["client"], "A household.", START)
        db.session.commit()
    assert linked.as_("fay").submit(preview).status_code == 303


def test_bid_from_browser_that_posted_job_links_accounts(app: Flask, fair: Fair) -> None:
    with app.app_context():
        client_row, spec = db.session.get_one(User, fair.people["client"]), "Members book a slot in three taps. " * 9
        slug = make_job(
            client_row, requirements=[("page", "/prices")], state="draft", published_at=None, spec=spec
        ).slug
    fay, client = fair.as_("fay"), fair.as_("client")
    assert client.post(f"/jobs/{slug}/publish").status_code == 303
    device = client.http.get_cookie("device")
    assert device is not None
    fay.http.set_cookie("device", device.value)
    preview = draft(fair)
    assert fay.post(preview.replace("preview", "place")).status_code == 422


def test_placing_records_browser_and_address_even_if_refused(app: Flask, linked: Fair) -> None:
    preview = draft(linked)
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(AccountSignal)) or 0
    linked.as_("fay").post(preview.replace("preview", "place"))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AccountSignal)) == before + 2


def test_two_linked_bidders_may_both_bid_on_one_job(app: Flask, fair: Fair) -> None:
    with app.app_context():
        for who in ("fay", "wanda"):
            note_signals(fair.people[who], {"device": "one"}, "s" * 40, START)
        db.session.commit()
    assert fair.as_("fay").submit(draft(fair)).status_code == 303
