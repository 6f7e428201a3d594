"""The bids page in the client's own order, set by a plain form."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from selectolax.lexbor import LexborHTMLParser

from marketplace.bids.models import Bid
from marketplace.bids.services.rescoring import ask_for_rescore, rescore_due
from marketplace.bids.services.writing import withdraw_bid
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.support.factories import START, make_bid, make_user
from tests.support.queries import counted_queries
from tests.support.visitor import as_shown
from tests.web.bids.conftest import Fair, reload
from tests.web.bids.test_ranked import names

pytestmark = pytest.mark.both_engines

PRICE_ALONE = "price=200&evidence=0"


def card(page: LexborHTMLParser, bid_id: int) -> str:
    node = page.css_first(f"#bid-{bid_id}")
    assert node is not None
    return " ".join(node.text(separator=" ").split())


def add_bids(app: Flask, fair: Fair, clock: FixedClock, count: int) -> None:
    """Bids without prototypes, each cheaper than the previous, ranked with the others."""
    with app.app_context():
        job = reload(fair.bids["wanda"]).job
        for number in range(count):
            make_bid(job, make_user("freelancer", name=f"Person {number}"), price=280_000 - 1_000 * number)
        ask_for_rescore(job.id, clock.now())
        db.session.commit()
        clock.moment = START.replace(hour=10)
        rescore_due(clock.now)


def test_client_weighting_orders_cards(fair: Fair) -> None:
    client, url = fair.as_("client"), f"/jobs/{fair.slug}/bids"
    assert names(client.page(url)) == ["Wanda Works", "Bob Broken", "Nora None"]
    page = client.page(f"{url}?{PRICE_ALONE}")
    assert names(page) == ["Bob Broken", "Wanda Works", "Nora None"]
    assert page.css_first("#order").text() == "What matters to you first"  # type: ignore[union-attr]


def test_platform_rank_stays_on_every_card(fair: Fair) -> None:
    page = fair.as_("client").page(f"/jobs/{fair.slug}/bids?{PRICE_ALONE}")
    assert "Rank 1 by the platform’s weights · -0.5 points by yours" in card(page, fair.bids["wanda"])
    assert "Rank 2 by the platform’s weights · 2.2 points by yours" in card(page, fair.bids["bob"])
    back = page.css_first("a[data-platform]")
    assert back is not None
    assert back.attributes["href"] == f"/jobs/{fair.slug}/bids"
    assert "Bidders don’t see this, and nothing is stored" in page.text()


def test_form_describes_its_values_in_words(fair: Fair) -> None:
    page = fair.as_("client").page(f"/jobs/{fair.slug}/bids?price=150&live=1&tab=all")
    form = page.css_first("form[data-own]")
    assert form is not None
    sliders = {node.attributes["name"]: node.attributes for node in form.css("input[type=range]")}
    assert {name: node["value"] for name, node in sliders.items()} == {
        "price": "150", "speed": "100", "evidence": "100", "record": "100"
    }  # fmt: skip
    assert sliders["price"]["aria-valuetext"] == form.css_first("output").text() == "150 %, more"  # type: ignore[union-attr]
    kept = [node.attributes["name"] for node in form.css("input[type=hidden]")]
    assert kept == ["tab", "live"]


def test_group_and_match_points_of_card_add_up_to_score(app: Flask, fair: Fair) -> None:
    page = fair.as_("client").page(f"/jobs/{fair.slug}/bids")
    for node in page.css("#cards > li"):
        groups = [int(points) for points in (node.attributes["data-groups"] or "").split()]
        with app.app_context():
            bid = reload(int((node.id or "").removeprefix("bid-")))
            assert bid.terms is not None
            match = next(term["points"] for term in bid.terms["terms"] if term["name"] == "match")
        assert sum(groups) + match == int(node.attributes["data-score"] or "")


def test_tabs_filters_sorts_and_pages_keep_weighting(app: Flask, fair: Fair, clock: FixedClock) -> None:
    add_bids(app, fair, clock, 25)
    page = fair.as_("client").page(f"/jobs/{fair.slug}/bids?price=150&record=50")
    links = [link.attributes["href"] or "" for link in page.css("ul.tabs a, nav.pager a")]
    assert len(links) == 4
    assert all("price=150" in link and "record=50" in link for link in links)
    hidden = page.css("#tools input[type=hidden]:not([disabled])")
    assert {node.attributes["name"]: node.attributes["value"] for node in hidden} == {
        "tab": "all", "price": "150", "record": "50"
    }  # fmt: skip
    news = page.css_first("#news")
    assert news is not None
    assert "price=150" in (news.attributes["data-poll"] or "")


def test_changed_rank_notice_links_to_own_order(fair: Fair) -> None:
    answer = fair.as_("client").get(f"/jobs/{fair.slug}/bids/news?seen=0&price=150")
    assert f'href="/jobs/{fair.slug}/bids?price=150"' in answer.text


def test_other_sort_ignores_and_keeps_weighting(fair: Fair) -> None:
    page = fair.as_("client").page(f"/jobs/{fair.slug}/bids?sort=days&{PRICE_ALONE}")
    assert names(page)[0] == "Nora None"
    assert page.css_first("#order").text() == "Fewest days first"  # type: ignore[union-attr]


def test_own_order_spans_pages(app: Flask, fair: Fair, clock: FixedClock) -> None:
    add_bids(app, fair, clock, 25)
    client, url = fair.as_("client"), f"/jobs/{fair.slug}/bids?{PRICE_ALONE}"
    first = client.page(url)
    following = first.css_first("a[rel=next]")
    assert following is not None
    second = client.page(following.attributes["href"] or "")
    assert names(first)[:3] == ["Bob Broken", "Person 24", "Person 23"]
    assert len(names(first)) == 20
    assert len(set(names(first) + names(second))) == 28
    assert "orders all 28" in first.text()


def test_own_order_takes_one_extra_query(app: Flask, fair: Fair, clock: FixedClock) -> None:
    client, url = fair.as_("client"), f"/jobs/{fair.slug}/bids"

    def queries(address: str) -> int:
        with counted_queries() as statements:
            client.page(address)
        return len(statements)

    queries(url)
    platform, few = queries(url), queries(f"{url}?{PRICE_ALONE}")
    add_bids(app, fair, clock, 25)
    assert queries(f"{url}?{PRICE_ALONE}") == few == platform + 1


def test_unranked_bids_follow_ranked_ones(app: Flask, fair: Fair) -> None:
    fair.as_("client").submit(f"/bids/{fair.bids['bob']}/decline", {"reason": "Too far away."})
    with app.app_context():
        reload(fair.bids["bob"]).rank = None
        db.session.commit()
    assert names(fair.as_("client").page(f"/jobs/{fair.slug}/bids?{PRICE_ALONE}"))[-1] == "Bob Broken"


@pytest.mark.parametrize("value", ["-25", "110", "9" * 5_000, "much", "", "<script>"])
def test_invalid_weighting_falls_back_to_default_with_error(fair: Fair, value: str) -> None:
    answer = fair.as_("client").get(f"/jobs/{fair.slug}/bids?{urlencode({'price': value, 'record': '0'})}")
    assert answer.status_code == 422
    page = LexborHTMLParser(as_shown(answer.text))
    assert page.css_first("title").text().startswith("Error: ")  # type: ignore[union-attr]
    problem = page.css_first(".error-summary a")
    assert problem is not None
    assert problem.text() == "Price must be a number from 0 to 200 in steps of 25. Here it counts as usual."
    assert page.css_first(problem.attributes["href"] or "") is not None
    assert names(page)[0] == "Wanda Works"


def test_own_order_changes_nothing_for_bidder(app: Flask, fair: Fair) -> None:
    fair.as_("client").get(f"/jobs/{fair.slug}/bids?{PRICE_ALONE}")
    with app.app_context():
        assert [reload(fair.bids[name]).rank for name in ("wanda", "bob", "nora")] == [1, 2, 3]
    assert "What matters to you" not in fair.as_("wanda").page(f"/bids/{fair.bids['wanda']}?{PRICE_ALONE}").text()


def test_empty_list_keeps_weighting(app: Flask, fair: Fair) -> None:
    with app.app_context():
        withdraw_bid(reload(fair.bids["nora"]).freelancer, reload(fair.bids["nora"]), START)
        db.session.commit()
    page = fair.as_("client").page(f"/jobs/{fair.slug}/bids?tab=shortlisted&price=150")
    link = page.css_first(".empty a")
    assert link is not None
    assert link.attributes["href"] == f"/jobs/{fair.slug}/bids?price=150"


def test_migration_sums_points_of_ranked_bids(app: Flask, fair: Fair) -> None:
    def stored() -> list[tuple[int, ...]]:
        with app.app_context():
            bids = db.session.scalars(db.select(Bid).order_by(Bid.id)).all()
            return [(bid.price_points, bid.speed_points, bid.evidence_points, bid.record_points) for bid in bids]

    before = stored()
    assert any(any(groups) for groups in before)
    with app.app_context():
        db.session.remove()
        downgrade(revision="0004")
        upgrade()
    assert stored() == before
