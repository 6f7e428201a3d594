"""Receipts of a bid's link, for viewers of the bid once a check found it live."""

from __future__ import annotations

import pytest

from marketplace.checker.receipts import verify
from tests.web.bids.conftest import Fair
from tests.web.bids.test_evidence import seen

__all__ = ["seen"]


def test_client_and_bidder_download_receipt_verified_by_public_key(seen: Fair) -> None:
    key = seen.as_("anonymous").get("/.well-known/prebuilt-receipt-key").json
    for who in ("client", "wanda", "admin"):
        answer = seen.as_(who).get(f"/bids/{seen.bids['wanda']}/receipt")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        found = verify(answer.data, key["public_key"])
        assert (found.statement.bid, found.statement.url) == (seen.bids["wanda"], "https://live.example/")
        assert found.statement.first_seen_at <= found.statement.last_seen_at


@pytest.mark.parametrize(("who", "status"), [("anonymous", 303), ("nora", 404), ("other client", 404)])
def test_nobody_else_gets_receipt(seen: Fair, who: str, status: int) -> None:
    assert seen.as_(who).get(f"/bids/{seen.bids['wanda']}/receipt").status_code == status


@pytest.mark.parametrize("name", ["bob", "nora"])
def test_link_never_live_has_no_receipt(seen: Fair, name: str) -> None:
    assert seen.as_("client").get(f"/bids/{seen.bids[name]}/receipt").status_code == 404


def test_bid_page_links_to_receipt(seen: Fair) -> None:
    page = seen.as_("client").page(f"/bids/{seen.bids['wanda']}")
    assert page.css_first(f"a[href='/bids/{seen.bids['wanda']}/receipt']")
