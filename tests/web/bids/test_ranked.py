from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask

from marketplace.bids.services.rescoring import ask_for_rescore, rescore_due
from marketplace.bids.services.writing import withdraw_bid
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.support.factories import START, make_bid, make_user
from tests.support.queries import counted_queries
from tests.web.bids.conftest import Fair, reload

pytestmark = pytest.mark.both_engines


def names(page: object) -> list[str]:
    return [node.text(strip=True) for node in page.css("h3.name a")]  # type: ignore[attr-defined]


def test_cards_are_ordered_by_rank(fair: Fair) -> None:
    page = fair.as_("client").page(f"/jobs/{fair.slug}/bids")
    assert names(page) == ["Wanda Works", "Bob Broken", "Nora None"]
    first = page.css_first("#bid-" + str(fair.bids["wanda"]))
    assert first is not None
    text = first.text(separator=" ", strip=True)
    assert "Live" in text
    assert "€2,900" in text
    assert "Meets 2 of the 2 checks" in text
    assert "Why rank 1" in text


def test_terms_of_card_add_up_to_score(fair: Fair) -> None:
    page = fair.as_("client").page(f"/jobs/{fair.slug}/bids")
    for card in page.css("ol.list > li"):
        cells = [cell.text(strip=True) for cell in card.css("tbody td.number strong")]
        total = card.css_first("tfoot strong")
        assert total is not None
        assert sum(Decimal(cell) for cell in cells if cell != "Not scored") == Decimal(total.text())


def test_cards_have_no_award_button(fair: Fair) -> None:
    page = fair.as_("client").page(f"/jobs/{fair.slug}/bids")
    assert not page.css("a[href*='/award']")
    assert not page.css("form[action*='/award']")


def test_filters_and_sorts_are_in_url(fair: Fair) -> None:
    client = fair.as_("client")
    assert names(client.page(f"/jobs/{fair.slug}/bids?live=1")) == ["Wanda Works"]
    assert names(client.page(f"/jobs/{fair.slug}/bids?sort=price")) == ["Bob Broken", "Wanda Works", "Nora None"]
    assert names(client.page(f"/jobs/{fair.slug}/bids?sort=days"))[0] == "Nora None"
    assert names(client.page(f"/jobs/{fair.slug}/bids?sort=nonsense&after=x")) == names(
        client.page(f"/jobs/{fair.slug}/bids")
    )
    assert client.get(f"/jobs/{fair.slug}/bids?after={'9' * 20}").status_code == 200


def test_shortlist_button_works_without_javascript_and_returns(fair: Fair) -> None:
    client, bid = fair.as_("client"), fair.bids["nora"]
    answer = client.submit(f"/jobs/{fair.slug}/bids?sort=price", form=f"#bid-{bid} form")
    assert (answer.status_code, answer.location) == (303, f"/jobs/{fair.slug}/bids?sort=price#bid-{bid}")
    page = client.page(f"/jobs/{fair.slug}/bids?tab=shortlisted")
    assert names(page) == ["Nora None"]
    button = page.css_first(f"#bid-{bid} form button")
    assert button is not None
    assert button.attributes["aria-pressed"] == "true"


def test_declined_bid_moves_to_its_tab_and_can_be_restored(fair: Fair) -> None:
    client, bid = fair.as_("client"), fair.bids["bob"]
    answer = client.submit(f"/bids/{bid}/decline", {"reason": ""})
    assert answer.status_code == 422
    assert "Tell the bidder why" in answer.text
    assert client.submit(f"/bids/{bid}/decline", {"reason": "Too far away."}).status_code == 303
    assert names(client.page(f"/jobs/{fair.slug}/bids?tab=declined")) == ["Bob Broken"]
    client.submit(f"/jobs/{fair.slug}/bids?tab=declined", form=f"#bid-{bid} form")
    assert names(client.page(f"/jobs/{fair.slug}/bids?tab=declined")) == []


def test_prices_are_charted_against_budget(fair: Fair) -> None:
    page = fair.as_("client").page(f"/jobs/{fair.slug}/bids")
    aside = page.css_first("aside")
    assert aside is not None
    assert "3 bids, €2,500 to €3,300. Middle bid €2,900." in aside.text()
    assert aside.css_first("svg[role=img]") is not None


def test_open_page_is_told_that_ranking_changed(app: Flask, fair: Fair, clock: FixedClock) -> None:
    client = fair.as_("client")
    node = client.page(f"/jobs/{fair.slug}/bids").css_first("#news")
    assert node is not None
    url = node.attributes["data-poll"] or ""
    assert "changed" not in client.get(url).text
    with app.app_context():
        bid = reload(fair.bids["wanda"])
        withdraw_bid(bid.freelancer, bid, START)
        db.session.commit()
        clock.moment = START.replace(hour=10)
        rescore_due(clock.now)
    answer = client.get(url)
    assert "The ranking has changed" in answer.text
    assert "data-poll" not in answer.text
    assert answer.headers["X-Final"]


def test_link_state_polls_until_check_ends(app: Flask, fair: Fair) -> None:
    client, url = fair.as_("client"), f"/bids/{fair.bids['bob']}/state"
    with app.app_context():
        prototype = reload(fair.bids["bob"]).prototype
        assert prototype is not None
        prototype.state = "queued"
        db.session.commit()
    assert url in client.get(f"/jobs/{fair.slug}/bids").text
    assert f'data-poll="{url}"' in client.get(url).text
    with app.app_context():
        prototype = reload(fair.bids["bob"]).prototype
        assert prototype is not None
        prototype.state = "live"
        db.session.commit()
    assert "data-poll" not in client.get(url).text


def test_withdrawn_bidders_are_named_beside_list(app: Flask, fair: Fair) -> None:
    with app.app_context():
        bid = reload(fair.bids["nora"])
        withdraw_bid(bid.freelancer, bid, START)
        db.session.commit()
    page = fair.as_("client").page(f"/jobs/{fair.slug}/bids")
    assert "Nora None" not in names(page)
    aside = page.css_first("aside")
    assert aside is not None
    assert "1 bid withdrawn" in aside.text()


def test_job_without_bids_shows_link_to_share(app: Flask, fair: Fair) -> None:
    with app.app_context():
        for bid_id in fair.bids.values():
            bid = reload(bid_id)
            withdraw_bid(bid.freelancer, bid, START)
        db.session.commit()
    assert f"/jobs/{fair.slug}</code>" in fair.as_("client").get(f"/jobs/{fair.slug}/bids").text


def test_bids_are_paginated_with_constant_query_count(app: Flask, fair: Fair, clock: FixedClock) -> None:
    client = fair.as_("client")

    def queries() -> int:
        with counted_queries() as statements:
            client.page(f"/jobs/{fair.slug}/bids")
        return len(statements)

    queries()
    few = queries()
    with app.app_context():
        job = reload(fair.bids["wanda"]).job
        for number in range(25):
            make_bid(job, make_user("freelancer", name=f"Person {number}"), price=280_000 + number)
        ask_for_rescore(job.id, clock.now())
        db.session.commit()
        clock.moment = START.replace(hour=10)
        rescore_due(clock.now)
    assert queries() == few
    assert few <= 16
    page = client.page(f"/jobs/{fair.slug}/bids")
    assert len(names(page)) == 20
    link = page.css_first("a[rel=next]")
    assert link is not None
    assert len(names(client.page(link.attributes["href"] or ""))) == 8
