"""Changes of prototypes since closing appear on card, bid page and comparison."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.support.factories import START
from tests.web.bids.conftest import Fair, reload

pytestmark = pytest.mark.both_engines


@pytest.mark.parametrize(
    ("who", "found", "words"),
    [
        ("bob", {"state": "live", "met": 2, "measured": 2, "failures": 0}, "Improved since bids closed"),
        ("wanda", {"state": "broken", "failures": 1}, "Worse since bids closed"),
    ],
)
def test_change_since_closing_is_shown_without_effect(
    app: Flask, fair: Fair, clock: FixedClock, who: str, found: dict[str, Any], words: str
) -> None:
    client, bid_id = fair.as_("client"), fair.bids[who]
    pages = [
        f"/jobs/{fair.slug}/bids",
        f"/bids/{bid_id}",
        f"/jobs/{fair.slug}/compare?bid={bid_id}&bid={fair.bids['nora']}",
    ]
    clock.moment = START + timedelta(days=7)
    assert all(words not in client.page(page).text() for page in pages)
    with app.app_context():
        prototype = reload(bid_id).prototype
        for name, value in found.items():
            setattr(prototype, name, value)
        db.session.commit()
    assert all(words in client.page(page).text() for page in pages)
    assert words in fair.as_(who).page(pages[1]).text()


def test_no_change_note_while_bids_are_open(app: Flask, fair: Fair) -> None:
    with app.app_context():
        prototype = reload(fair.bids["bob"]).prototype
        assert prototype
        prototype.state, prototype.failures = "live", 0
        db.session.commit()
    assert "since bids closed" not in fair.as_("client").page(f"/bids/{fair.bids['bob']}").text()


def test_bidder_told_rank_sees_why_bid_cannot_change(app: Flask, fair: Fair, clock: FixedClock) -> None:
    with app.app_context():
        reload(fair.bids["nora"]).told_at = START
        db.session.commit()
    nora, url = fair.as_("nora"), f"/bids/{fair.bids['nora']}"
    page = nora.page(url)
    assert "You were told where this bid stood" in page.text()
    assert page.css(f"a[href='{url}/withdraw']")
    assert not page.css(f"a[href='{url}/edit']")
    assert nora.get(f"{url}/edit").status_code == 403
