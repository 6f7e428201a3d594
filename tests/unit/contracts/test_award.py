from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from marketplace.bids.services.deciding import decline_bid
from marketplace.contracts.models import Award
from marketplace.contracts.services.awarding import BidChanged, award_bid
from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotAllowed
from marketplace.core.events import job_awarded
from marketplace.prototypes.services import submit_link
from tests.support.factories import START, make_bid, make_job, make_user

pytestmark = pytest.mark.both_engines


def test_award_stores_price_and_is_announced(app: Flask) -> None:
    heard: list[Award] = []
    with app.app_context(), job_awarded.connected_to(heard.append):
        job = make_job(make_user("client"))
        bid = make_bid(job, make_user("freelancer"), price=123_456)
        award = award_bid(job.client, bid, 1, START)
        assert (award.price, award.currency, heard) == (123_456, "EUR", [award])
        assert (job.state, job.closed_at) == ("awarded", START)


def test_only_losing_links_stop_being_watched(app: Flask) -> None:
    with app.app_context():
        job = make_job(make_user("client"))
        winning, losing = submit_link("https://a.example/", [], START), submit_link("https://b.example/", [], START)
        bid = make_bid(job, make_user("freelancer"), prototype_id=winning.id)
        make_bid(job, make_user("freelancer"), prototype_id=losing.id)
        award_bid(job.client, bid, 1, START)
        db.session.commit()
        assert (winning.watched, losing.watched) == (True, False)


def test_open_bids_lapse_and_decided_ones_stay(app: Flask) -> None:
    with app.app_context():
        job = make_job(make_user("client"))
        won, lost, declined = (make_bid(job, make_user("freelancer")) for _ in range(3))
        draft = make_bid(job, make_user("freelancer"), state="draft", submitted_at=None)
        withdrawn = make_bid(job, make_user("freelancer"), state="withdrawn")
        decline_bid(job.client, declined, "Too far away.", START)
        award_bid(job.client, won, 1, START)
        db.session.commit()
        states = [bid.state for bid in (won, lost, declined, draft, withdrawn)]
        assert states == ["awarded", "lapsed", "declined", "draft", "withdrawn"]


def test_bid_version_unseen_by_client_is_not_awarded(app: Flask) -> None:
    with app.app_context():
        job = make_job(make_user("client"))
        bid = make_bid(job, make_user("freelancer"), version=2)
        with pytest.raises(BidChanged):
            award_bid(job.client, bid, 1, START)
        assert job.state == "open"


def test_only_client_awards_and_only_in_time(app: Flask) -> None:
    with app.app_context():
        job = make_job(make_user("client"))
        bid = make_bid(job, make_user("freelancer"))
        for person in (bid.freelancer, make_user("client"), make_user("admin")):
            with pytest.raises(NotAllowed):
                award_bid(person, bid, 1, START)
        with pytest.raises(Conflict):
            award_bid(job.client, bid, 1, START + timedelta(days=14))
