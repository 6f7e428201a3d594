"""An open page learns of news: the badge beside Inbox changes by itself."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from marketplace.bids.models import Bid
from marketplace.bids.services.deciding import decline_bid
from marketplace.core.database import db
from tests.support.factories import START
from tests.web.bids.conftest import Fair

pytestmark = pytest.mark.browser


def test_the_badge_of_the_inbox_changes_by_itself(browser: Browser, app: Flask, fair: Fair, address: str) -> None:
    cookie = fair.as_("nora").http.get_cookie("session")
    assert cookie
    context = browser.new_context(base_url=address)
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.clock.install()
    page.goto("/jobs")
    inbox = page.get_by_role("link", name="Inbox")
    expect(inbox).to_have_accessible_name("Inbox")
    with app.app_context():
        bid = db.session.get_one(Bid, fair.bids["nora"])
        decline_bid(bid.job.client, bid, "We need somebody nearby.", START)
        db.session.commit()
    page.clock.fast_forward("00:31")
    expect(inbox).to_have_accessible_name("Inbox 1 unread")
    context.close()
