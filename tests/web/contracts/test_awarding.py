from __future__ import annotations

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from marketplace.bids.services.writing import edit_bid, offer_of, withdraw_bid
from marketplace.contracts.models import Award
from marketplace.core.database import db
from marketplace.jobs.models import Job
from tests.support.factories import START
from tests.web.bids.conftest import Fair, reload

pytestmark = pytest.mark.both_engines


def state_of(app: Flask, fair: Fair) -> tuple[str, dict[str, str]]:
    with app.app_context():
        job = db.session.query(Job).filter_by(slug=fair.slug).one()
        return job.state, {name: reload(bid_id).state for name, bid_id in fair.bids.items()}


def test_client_awards_after_seeing_terms(app: Flask, fair: Fair) -> None:
    client, url = fair.as_("client"), f"/bids/{fair.bids['wanda']}/award"
    text = client.page(url).text()
    assert "€2,900" in text
    assert "Live within 6 hours of payment" in text
    assert "2 other bidders learn" in text
    assert state_of(app, fair)[0] == "open"
    answer = client.submit(url, follow=True)
    assert "Awarded to Wanda Works" in answer.text
    assert state_of(app, fair) == ("awarded", {"wanda": "awarded", "bob": "lapsed", "nora": "lapsed"})


def test_awarding_again_shows_same_success(app: Flask, fair: Fair) -> None:
    client, url = fair.as_("client"), f"/bids/{fair.bids['wanda']}/award"
    token = {"version": "1"}
    answers = [client.post(url, token) for _ in range(3)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, url + "ed")}
    assert client.get(url).location == url + "ed"
    with app.app_context():
        assert db.session.query(Award).count() == 1


def test_second_winner_is_conflict(app: Flask, fair: Fair) -> None:
    client = fair.as_("client")
    client.submit(f"/bids/{fair.bids['wanda']}/award")
    other = f"/bids/{fair.bids['bob']}/award"
    for answer in (client.get(other), client.post(other, {"version": "1"})):
        assert answer.status_code == 409
        link = LexborHTMLParser(answer.text).css_first("main a.button")
        assert "Go to the contract with the winner" in link.text()
        assert client.get(link.attributes["href"]).status_code == 200
    assert client.get(other + "ed").status_code == 404
    assert state_of(app, fair)[1]["bob"] == "lapsed"


def test_dead_link_warns_but_does_not_block_award(fair: Fair) -> None:
    client, url = fair.as_("client"), f"/bids/{fair.bids['bob']}/award"
    warning = client.page(url).css_first(".warning")
    assert warning is not None
    assert "Warning: The prototype link is not working right now." in " ".join(warning.text().split())
    assert client.submit(url).status_code == 303


def test_changed_price_is_announced(app: Flask, fair: Fair) -> None:
    change_price(app, fair, 310_000)
    text = fair.as_("client").page(f"/bids/{fair.bids['wanda']}/award?price=290000").text()
    assert "it was €2,900, it is €3,100 now" in text


def test_bid_changed_since_page_was_opened_is_not_awarded(app: Flask, fair: Fair) -> None:
    client, url = fair.as_("client"), f"/bids/{fair.bids['wanda']}/award?price=290000"
    change_price(app, fair, 310_000)
    answer = client.post(url, {"version": "1"})
    assert answer.status_code == 409
    assert "The bid has changed since you opened this page" in answer.text
    assert "it was €2,900, it is €3,100 now" in answer.text
    assert state_of(app, fair)[0] == "open"
    assert client.submit(url).status_code == 303


def test_withdrawn_bid_cannot_win(app: Flask, fair: Fair) -> None:
    with app.app_context():
        bid = reload(fair.bids["wanda"])
        withdraw_bid(bid.freelancer, bid, START)
        db.session.commit()
    client, url = fair.as_("client"), f"/bids/{fair.bids['wanda']}/award"
    assert client.get(url).status_code == 409
    assert client.post(url, {"version": "1"}).status_code == 409


def test_winner_and_losers_see_outcome_on_own_bids(fair: Fair) -> None:
    fair.as_("client").submit(f"/bids/{fair.bids['wanda']}/award")
    assert "You won this job." in fair.as_("wanda").get(f"/bids/{fair.bids['wanda']}").text
    lost = fair.as_("nora").page(f"/bids/{fair.bids['nora']}").text()
    assert "Another bid was chosen." in lost
    assert "Rank 3" in lost
    assert "points" in lost
    assert "Wanda" not in lost


def test_client_page_shows_winner_without_actions(fair: Fair) -> None:
    client = fair.as_("client")
    client.submit(f"/bids/{fair.bids['wanda']}/award")
    page = client.page(f"/jobs/{fair.slug}/bids")
    assert "Won" in page.text()
    assert not page.css("li.evidence form")


def change_price(app: Flask, fair: Fair, price: int) -> None:
    with app.app_context():
        bid = reload(fair.bids["wanda"])
        offer = offer_of(bid)
        edit_bid(bid.freelancer, bid, type(offer)(price, offer.days, offer.go_live_hours, offer.note), START)
        db.session.commit()
