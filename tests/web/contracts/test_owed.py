"""The approval page lists missing items, keeps ticks, and releases nothing until all are ticked."""

from __future__ import annotations

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from marketplace.contracts.models import Contract, Milestone
from marketplace.core.database import db
from tests.support.contracts import make_offer, sign_both
from tests.web.bids.conftest import Fair, reload
from tests.web.contracts.conftest import Deal

pytestmark = pytest.mark.both_engines

BANK = "for the client’s bank to decide on the payment"


@pytest.fixture
def deal(app: Flask, fair: Fair) -> Deal:
    """A signed, paid and submitted milestone without handover."""
    with app.app_context():
        contract = sign_both(make_offer(reload(fair.bids["wanda"])), handed_over=False)
        made = Deal(fair, app, contract.id, contract.milestones[0].id)
    return made.pay().hand_in("https://gym.example/")


def boxes(deal: Deal) -> list[str]:
    page = deal.fair.as_("client").page(f"{deal.step}/approve")
    return [box.attributes["value"] or "" for box in page.css("input[name=without]")]


def test_each_missing_item_has_checkbox(deal: Deal) -> None:
    assert boxes(deal) == ["source", "credentials", "licence", "domain"]


def test_nothing_is_released_before_all_are_ticked(deal: Deal) -> None:
    client = deal.fair.as_("client")
    answer = client.submit(f"{deal.step}/approve", {"without": ["source", "domain"]})
    assert answer.status_code == 422
    assert "Still missing: Credentials, Licence and credits" in answer.text
    ticked = LexborHTMLParser(answer.text).css("input[name=without][checked]")
    assert [box.attributes["value"] for box in ticked] == ["source", "domain"]
    assert deal.state() == ("active", "submitted")
    client.submit(f"{deal.step}/approve", {"without": ["source", "credentials", "licence", "domain"]})
    assert deal.state() == ("completed", "released")
    ended = client.page(deal.path).text()
    assert "does without this for" in ended
    assert "Not handed over" in ended
    assert "Not yet" not in ended


def test_waiver_alone_is_recorded_and_releases_nothing(deal: Deal) -> None:
    client = deal.fair.as_("client")
    waived = {"without": ["source", "credentials", "licence"], "do": "waive"}
    assert client.submit(f"{deal.step}/approve", waived).status_code == 303
    assert deal.state() == ("active", "submitted")
    assert boxes(deal) == ["domain"]
    assert "If you say nothing" in client.page(deal.path).text()


def test_freelancer_sees_owed_and_client_sees_awaited_items(deal: Deal) -> None:
    wanda, client = deal.fair.as_("wanda").page(deal.path).text(), deal.fair.as_("client").page(deal.path).text()
    assert "Until then the client’s silence releases nothing" in wanda
    assert "The freelancer has still to hand over: Source, Credentials, Licence and credits" in client
    assert "Silence releases the money" not in client


def test_freelancer_may_state_there_are_no_credentials(deal: Deal) -> None:
    wanda = deal.fair.as_("wanda")
    assert "There are none: say why" in wanda.page(deal.path).text()
    words = {"given": "There are none: the site is static."}
    wanda.submit(f"{deal.path}/handover/credentials", words)
    assert boxes(deal) == ["source", "licence", "domain"]
    assert "the site is static" in deal.fair.as_("client").page(deal.path).text()


def test_chargeback_is_shown_as_such(deal: Deal) -> None:
    with deal.app.app_context():
        milestone = db.session.get_one(Milestone, deal.milestone)
        milestone.pause, milestone.auto_release_at = "bank", None
        db.session.commit()
        assert db.session.get_one(Contract, deal.contract).state == "active"
    for who in ("wanda", "client"):
        for path in (deal.path, "/contracts"):
            text = deal.fair.as_(who).page(path).text()
            assert BANK in text
            assert "Mend it" not in text


def test_end_in_favour_of_freelancer_lists_missing_items(deal: Deal) -> None:
    wanda, client = deal.fair.as_("wanda"), deal.fair.as_("client")
    missing = "Still missing: Source, Credentials, Licence and credits, Proof of your domain."
    assert missing in wanda.page(f"{deal.path}/end").text()
    wanda.submit(f"{deal.path}/end", {"held_to": "freelancer", "reason": "It is done."})
    assert missing in client.page(f"{deal.path}/proposals/2").text()
