"""What became of prototypes since bids closed stands on the card, on the bid's page and in the comparison."""

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
def test_what_became_of_it_since_is_shown_and_moves_nothing(
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


def test_while_bids_are_taken_nothing_is_said_of_it(app: Flask, fair: Fair) -> None:
    with app.app_context():
        prototype = reload(fair.bids["bob"]).prototype
        assert prototype
        prototype.state, prototype.failures = "live", 0
        db.session.commit()
    assert "since bids closed" not in fair.as_("client").page(f"/bids/{fair.bids['bob']}").text()


def test_who_was_told_where_a_bid_stood_reads_why_it_can_not_be_changed(
    app: Flask, fair: Fair, clock: FixedClock
) -> None:
    with app.app_context():
        reload(fair.bids["nora"]).told_at = START
        db.session.commit()
    nora, url = fair.as_("nora"), f"/bids/{fair.bids['nora']}"
    page = nora.page(url)
    assert "You were told where this bid stood" in page.text()
    assert page.css(f"a[href='{url}/withdraw']")
    assert not page.css(f"a[href='{url}/edit']")
    assert nora.get(f"{url}/edit").status_code == 403
