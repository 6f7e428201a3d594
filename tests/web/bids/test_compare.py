from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser, LexborNode

from marketplace.bids.models import Bid
from marketplace.bids.services.rescoring import ask_for_rescore, rescore_due
from marketplace.bids.services.writing import withdraw_bid
from marketplace.checker.states import CheckState
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.prototypes.models import FullCheckSchedule, Prototype
from marketplace.prototypes.states import PrototypeState
from tests.support.factories import START, make_bid, make_user
from tests.web.bids.conftest import Fair, reload

pytestmark = pytest.mark.both_engines


def url_of(fair: Fair, *names: str) -> str:
    return f"/jobs/{fair.slug}/compare?" + "&".join(f"bid={fair.bids[name]}" for name in names)


def rows(page: LexborHTMLParser) -> dict[str, list[str]]:
    """Heading -> text of each column."""
    found = {}
    for row in page.css("table.compare tbody tr"):
        heading = row.css_first("th")
        assert heading is not None
        found[heading.text(strip=True)] = [" ".join(cell.text(separator=" ").split()) for cell in row.css("td")]
    return found


def test_best_value_of_each_row_is_named(fair: Fair) -> None:
    table = rows(fair.as_("client").page(url_of(fair, "wanda", "bob", "nora")))
    assert table["Price"] == ["€2,900", "€2,500 Best", "€3,300"]
    assert table["Days to deliver"] == ["18", "18", "9 Best"]
    assert table["Checks met"] == ["2 of 2", "Not checked", "Not checked"]
    assert table["Live after payment within"] == ["6 hours", "6 hours", "6 hours"]


def test_running_check_hides_no_known_facts(app: Flask, fair: Fair) -> None:
    with app.app_context():
        bid = db.session.get_one(Bid, fair.bids["wanda"])
        assert bid.prototype
        bid.prototype.state = PrototypeState.CHECKING
        db.session.commit()
    table = rows(fair.as_("client").page(url_of(fair, "wanda", "bob")))
    assert table["Checks met"][0] == "2 of 2"
    assert table["Answers in"][0] != "Not checked"


def test_open_comparison_updates_itself(app: Flask, fair: Fair) -> None:
    def put(**values: object) -> None:
        with app.app_context():
            prototype = reload(fair.bids["bob"]).prototype
            assert prototype
            for name, value in values.items():
                setattr(prototype, name, value)
            db.session.commit()

    client = fair.as_("client")
    part = polled(client.page(url_of(fair, "wanda", "bob")))
    assert part.attributes["data-every"] == "60", "a link may change after the page was opened"
    url = part.attributes["data-poll"] or ""
    put(state="checking")
    assert polled(client.page(url)).attributes["data-every"] == "5"
    assert len(client.page(url).css("[data-poll]")) == 1, "what stands in a polled part is not polled twice"
    put(state="live", met=1, measured=2, thumbnail_key="ab")
    table = rows(client.page(url))
    assert table["Checks met"] == ["2 of 2 Best", "1 of 2"]
    assert "Open it" in table["How it looks"][1]
    with app.app_context():
        db.session.get_one(FullCheckSchedule, reload(fair.bids["bob"]).prototype_id).due_at = START
        db.session.commit()
    assert polled(client.page(url)).attributes["data-every"] == "5", "its full check is to come"


def polled(page: LexborHTMLParser) -> LexborNode:
    """The part of the page that polls."""
    found = page.css_first("body > [data-poll], main [data-poll]")
    assert found is not None
    return found


def test_equal_displayed_values_are_equally_good(app: Flask, fair: Fair) -> None:
    with app.app_context():
        for name, milliseconds in (("wanda", 101), ("bob", 104), ("nora", 240)):
            bid = db.session.get_one(Bid, fair.bids[name])
            bid.prototype = Prototype(
                url=f"https://{name}.example.com/",
                submitted_at=START,
                state=CheckState.LIVE,
                response_ms=milliseconds,
            )
        db.session.commit()
    table = rows(fair.as_("client").page(url_of(fair, "wanda", "bob", "nora")))
    assert table["Answers in"] == ["0.10 s Best", "0.10 s Best", "0.24 s"]


def test_each_column_links_to_confirm_page(fair: Fair) -> None:
    page = fair.as_("client").page(url_of(fair, "wanda", "bob"))
    links = [link.attributes["href"] for link in page.css("td a.button")]
    assert links == [
        f"/bids/{fair.bids['wanda']}/award?price=290000",
        f"/bids/{fair.bids['bob']}/award?price=250000",
    ]


def test_comparing_fewer_than_two_or_more_than_four_is_error(fair: Fair) -> None:
    client = fair.as_("client")
    for query in ("", f"bid={fair.bids['bob']}", "bid=1&bid=2&bid=3&bid=4&bid=5", "bid=nonsense"):
        answer = client.get(f"/jobs/{fair.slug}/compare?{query}")
        assert answer.status_code == 422
        assert "Tick 2 to 4 bids" in answer.text


def test_bids_of_other_jobs_are_not_compared(fair: Fair) -> None:
    answer = fair.as_("client").get(f"/jobs/{fair.slug}/compare?bid={fair.bids['bob']}&bid=999999")
    assert answer.status_code == 422


def test_bid_withdrawn_since_selection_says_so(app: Flask, fair: Fair) -> None:
    with app.app_context():
        bid = reload(fair.bids["bob"])
        withdraw_bid(bid.freelancer, bid, START)
        db.session.commit()
    page = fair.as_("client").page(url_of(fair, "wanda", "bob"))
    assert rows(page)["Price"] == ["€2,900", "Withdrawn"]
    assert "since you chose it" in page.text()
    assert len(page.css("td a.button")) == 1


def test_score_differences_of_pair_add_up_to_gap(fair: Fair) -> None:
    page = fair.as_("client").page(url_of(fair, "wanda", "bob", "nora"))
    pairs = page.css("details.card")
    summaries = [node.css_first("summary").text() for node in pairs]  # type: ignore[union-attr]
    assert summaries == [
        "Why rank 1 is above rank 2: Wanda Works and Bob Broken",
        "Why rank 2 is above rank 3: Bob Broken and Nora None",
        "Why rank 1 is above rank 3: Wanda Works and Nora None",
    ]
    for pair in pairs:
        *parts, gap = [Decimal(cell.text()) for cell in pair.css("td.number strong")]
        upper, lower = [Decimal(words) for words in pair.css("tfoot small")[0].text().split(" against ")]
        assert sum(parts) == gap == upper - lower > 0


def test_pair_is_explained_in_words(fair: Fair) -> None:
    pair = fair.as_("client").page(url_of(fair, "wanda", "bob")).css_first("details.card")
    assert pair is not None
    text = " ".join(pair.text(separator=" ").split())
    assert "most of all in requirements met (+25)" in text
    assert "It is behind in price against the budget" in text
    assert "2 of 2 met; the other: the link did not work when we last looked" in text


def test_exact_tie_names_tie_breaker(app: Flask, fair: Fair, clock: FixedClock) -> None:
    with app.app_context():
        job = reload(fair.bids["nora"]).job
        for hours in (1, 1, 0):
            twin = make_bid(job, make_user("freelancer"), price=330_000, submitted_at=START - timedelta(hours=hours))
            fair.bids[f"twin {len(fair.bids)}"] = twin.id
        ask_for_rescore(job.id, clock.now())
        db.session.commit()
        clock.moment = START.replace(hour=10)
        rescore_due(clock.now)
    client = fair.as_("client")
    earlier = client.page(url_of(fair, "nora", "twin 3")).css_first("details.card")
    assert earlier is not None
    assert "The bid that was placed earlier stands first." in earlier.text()
    assert earlier.css_first("tfoot strong").text() == "0"  # type: ignore[union-attr]
    drawn = client.page(url_of(fair, "twin 3", "twin 4")).css_first("details.card")
    assert drawn is not None
    assert "A draw decides that is fixed for this job" in drawn.text()


def test_unranked_bid_is_in_no_pair(app: Flask, fair: Fair) -> None:
    with app.app_context():
        bid = reload(fair.bids["bob"])
        withdraw_bid(bid.freelancer, bid, START)
        db.session.commit()
    page = fair.as_("client").page(url_of(fair, "wanda", "bob"))
    assert not page.css("details.card")
    assert "nothing to explain" in page.text()
