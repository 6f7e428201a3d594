from __future__ import annotations

from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from marketplace.bids.services import withdraw_bid
from marketplace.core.database import db
from tests.support.factories import START
from tests.web.bids.conftest import Fair, reload


def url_of(fair: Fair, *names: str) -> str:
    return f"/jobs/{fair.slug}/compare?" + "&".join(f"bid={fair.bids[name]}" for name in names)


def rows(page: LexborHTMLParser) -> dict[str, list[str]]:
    """Heading -> the words of each column."""
    found = {}
    for row in page.css("table.compare tbody tr"):
        heading = row.css_first("th")
        assert heading is not None
        found[heading.text(strip=True)] = [" ".join(cell.text(separator=" ").split()) for cell in row.css("td")]
    return found


def test_the_best_of_each_row_is_said_in_words(fair: Fair) -> None:
    table = rows(fair.as_("client").page(url_of(fair, "wanda", "bob", "nora")))
    assert table["Price"] == ["€2,900", "€2,500 Best", "€3,300"]
    assert table["Days to deliver"] == ["18", "18", "9 Best"]
    assert table["Checks met"] == ["2 of 2", "Not checked", "Not checked"]
    assert table["Live after payment within"] == ["6 hours", "6 hours", "6 hours"]


def test_each_column_leads_to_its_confirm_page(fair: Fair) -> None:
    page = fair.as_("client").page(url_of(fair, "wanda", "bob"))
    links = [link.attributes["href"] for link in page.css("td a.button")]
    assert links == [
        f"/bids/{fair.bids['wanda']}/award?price=290000",
        f"/bids/{fair.bids['bob']}/award?price=250000",
    ]


def test_fewer_than_two_and_more_than_four_are_an_error(fair: Fair) -> None:
    client = fair.as_("client")
    for query in ("", f"bid={fair.bids['bob']}", "bid=1&bid=2&bid=3&bid=4&bid=5", "bid=nonsense"):
        answer = client.get(f"/jobs/{fair.slug}/compare?{query}")
        assert answer.status_code == 422
        assert "Tick 2 to 4 bids" in answer.text


def test_bids_of_other_jobs_are_not_compared(fair: Fair) -> None:
    answer = fair.as_("client").get(f"/jobs/{fair.slug}/compare?bid={fair.bids['bob']}&bid=999999")
    assert answer.status_code == 422


def test_a_bid_that_was_withdrawn_since_it_was_chosen_says_so(app: Flask, fair: Fair) -> None:
    with app.app_context():
        bid = reload(fair.bids["bob"])
        withdraw_bid(bid.freelancer, bid, START)
        db.session.commit()
    page = fair.as_("client").page(url_of(fair, "wanda", "bob"))
    assert rows(page)["Price"] == ["€2,900", "Withdrawn"]
    assert "since you chose it" in page.text()
    assert len(page.css("td a.button")) == 1
