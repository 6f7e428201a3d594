from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from selectolax.lexbor import LexborNode

from marketplace.accounts.models import User
from marketplace.bids.services.deciding import hide_bid
from marketplace.bids.services.rescoring import ask_for_rescore, rescore_due
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.queries import counted_queries
from tests.web.bids.conftest import Fair, reload

pytestmark = pytest.mark.both_engines


def test_client_and_bidder_see_same_points_and_reasons(fair: Fair) -> None:
    url = f"/bids/{fair.bids['wanda']}"
    tables = [
        [cell.text(strip=True) for cell in fair.as_(who).page(url).css("details table td")]
        for who in ("client", "wanda")
    ]
    assert tables[0] == tables[1] != []


def test_bidder_sees_rank_only_after_client_decision(fair: Fair, clock: FixedClock) -> None:
    wanda, url = fair.as_("wanda"), f"/bids/{fair.bids['wanda']}"
    text = wanda.page(url).text()
    assert "Rank 1" not in text
    assert "best bid" not in text
    assert "you learn your place when the client has decided" in text
    clock.moment += timedelta(days=7)
    assert "Rank 1" not in wanda.page(url).text(), "the client may reopen the job, and bids can be changed then"
    fair.as_("client").submit(f"/jobs/{fair.slug}/cancel", {"reason": "We build nothing this year."})
    assert "Rank 1" in wanda.page(url).text()
    bob = fair.as_("bob").page(f"/bids/{fair.bids['bob']}").text()
    assert "best bid" not in bob, "how far behind on price would tell what the others ask"
    assert "best bid" in fair.as_("client").page(f"/bids/{fair.bids['bob']}").text()


def test_bidder_sees_how_to_raise_score(fair: Fair) -> None:
    assert "Link a live prototype" in fair.as_("nora").page(f"/bids/{fair.bids['nora']}").text()


def test_client_note_is_visible_to_client_only(fair: Fair) -> None:
    client, url = fair.as_("client"), f"/bids/{fair.bids['wanda']}"
    client.submit(url, {"note": "Ask about staff logins."}, form="form[action$='/note']")
    assert "Ask about staff logins." in client.get(url).text
    assert "You have a note" in client.get(f"/jobs/{fair.slug}/bids").text
    assert "staff logins" not in fair.as_("wanda").get(url).text


def test_too_long_note_is_redisplayed(fair: Fair) -> None:
    note = "x" * 5_001
    answer = fair.as_("client").submit(f"/bids/{fair.bids['wanda']}", {"note": note}, form="form[action$='/note']")
    assert answer.status_code == 422
    assert note in answer.text


def test_bidder_rechecks_link_but_not_twice_at_once(app: Flask, fair: Fair) -> None:
    bob, url = fair.as_("bob"), f"/bids/{fair.bids['bob']}"
    bob.submit(url, form="form[action$='/check']")
    with app.app_context():
        prototype = reload(fair.bids["bob"]).prototype
        assert prototype is not None
        assert prototype.state == "queued"
    bob.post(f"{url}/check")
    assert "being checked already" in bob.get(url).text


def test_hidden_bid_is_gone_for_client_and_explained_to_bidder(app: Flask, fair: Fair) -> None:
    with app.app_context():
        bid = reload(fair.bids["bob"])
        hide_bid(db.session.get_one(User, fair.people["admin"]), bid, "Copied text.", START)
        db.session.commit()
    url = f"/bids/{fair.bids['bob']}"
    assert fair.as_("client").get(url).status_code == 410
    assert "Copied text." in fair.as_("bob").get(url).text
    assert "Bob Broken" not in fair.as_("client").get(f"/jobs/{fair.slug}/bids").text


def test_bid_says_spec_changed_since(app: Flask, fair: Fair) -> None:
    with app.app_context():
        reload(fair.bids["bob"]).job.version = 2
        db.session.commit()
    assert "The spec changed after this bid was written" in fair.as_("bob").get(f"/bids/{fair.bids['bob']}").text


def test_own_bids_are_listed_by_tab(fair: Fair) -> None:
    bob = fair.as_("bob")
    assert "Booking site for a climbing gym" in bob.page("/my/bids").css_first("main").text()  # type: ignore[union-attr]
    assert "Nothing here" in bob.page("/my/bids?show=won").text()
    assert bob.get("/my/bids?show=nonsense&after=nonsense").status_code == 200


def test_own_list_is_paginated_with_constant_query_count(app: Flask, fair: Fair) -> None:
    bob = fair.as_("bob")

    def queries() -> int:
        with counted_queries() as statements:
            bob.page("/my/bids")
        return len(statements)

    queries()
    few = queries()
    with app.app_context():
        person = db.session.get_one(User, fair.people["bob"])
        for number in range(25):
            make_bid(make_job(make_user("client"), title=f"Job {number}"), person)
    assert queries() == few
    page = bob.page("/my/bids")
    assert len(page.css("main ul.list > li")) == 20
    following = page.css_first("a[rel=next]")
    assert following is not None
    assert len(bob.page(following.attributes["href"] or "").css("main ul.list > li")) == 6


def test_open_page_updates_rank_itself(app: Flask, fair: Fair, clock: FixedClock) -> None:
    client = fair.as_("client")

    def part(url: str) -> LexborNode:
        found = client.page(url).css_first("[aria-labelledby=why-title]")
        assert found is not None
        return found

    before = part(f"/bids/{fair.bids['bob']}")
    assert "The link is not working" in before.text()
    assert before.attributes["data-every"] == "60"
    url = before.attributes["data-poll"] or ""
    with app.app_context():
        bid = reload(fair.bids["bob"])
        assert bid.prototype
        bid.prototype.state, bid.prototype.met, bid.prototype.measured = "live", 2, 2
        clock.moment += timedelta(minutes=5)
        ask_for_rescore(bid.job_id, clock.now())
        db.session.commit()
        assert part(url).attributes["data-every"] == "5", "the new rank is a moment away"
        rescore_due(clock.now)
    after = part(url)
    assert "Rank 1" in after.text()
    assert "Meets 2 of the 2 checks" in after.text()
    assert after.attributes["data-every"] == "60"


def test_polled_fragments_take_few_queries(fair: Fair) -> None:
    client, url = fair.as_("client"), f"/bids/{fair.bids['wanda']}/rank"
    client.page(url)
    with counted_queries() as statements:
        client.page(url)
    assert len(statements) <= 11


def test_age_of_link_check_is_updated(fair: Fair, clock: FixedClock) -> None:
    client = fair.as_("client")
    section = client.page(f"/bids/{fair.bids['wanda']}").css_first("[aria-label='Prototype link']")
    assert section is not None
    assert section.attributes["data-every"] == "60"
    clock.moment = START + timedelta(hours=2)
    assert "checked 2 hours ago" in client.page(section.attributes["data-poll"] or "").text()


def test_every_reason_links_to_its_evidence(fair: Fair) -> None:
    for who in ("client", "wanda"):
        person, url = fair.as_(who), f"/bids/{fair.bids['wanda']}"
        table = person.page(url).css_first("table.sum")
        assert table is not None
        links = {row.css_first("th").text(): row.css_first("a") for row in table.css("tbody tr")}  # type: ignore[union-attr]
        assert all(links.values())
        for link in links.values():
            path, _, anchor = (link.attributes["href"] or "").partition("#")
            assert person.page(path).css_first(f"#{anchor}") is not None, link.attributes["href"]


def test_improvements_state_points_and_place(fair: Fair) -> None:
    page = fair.as_("nora").page(f"/bids/{fair.bids['nora']}")
    items = page.css("section[aria-labelledby=mend-title] li")
    assert items[0].text() == "Link a live prototype that meets the requirements that we can check: up to 26 points"
    for item in items:
        link = item.css_first("a")
        assert link is not None
        path, _, anchor = (link.attributes["href"] or "").partition("#")
        assert fair.as_("nora").page(path).css_first(f"#{anchor}") is not None


def test_every_rank_links_to_ranking_explanation(fair: Fair, clock: FixedClock) -> None:
    clock.moment += timedelta(days=8)
    compared = "&".join(f"bid={bid}" for bid in fair.bids.values())
    for who, path in (
        ("wanda", f"/bids/{fair.bids['wanda']}"),
        ("client", f"/bids/{fair.bids['wanda']}"),
        ("client", f"/jobs/{fair.slug}/bids"),
        ("client", f"/jobs/{fair.slug}/compare?{compared}"),
    ):
        assert fair.as_(who).page(path).css("main a[href='/help/ranking']")
