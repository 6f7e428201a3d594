from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import PortfolioItem
from marketplace.bids.models import Bid, Rescore
from marketplace.bids.offer import Offer
from marketplace.bids.services.writing import (
    check_draft_link,
    check_link_again,
    edit_bid,
    offer_of,
    place_bid,
    save_draft,
    withdraw_bid,
)
from marketplace.bids.states import BidState
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.events import bid_changed, bid_submitted
from marketplace.prototypes.models import Prototype, PrototypeRevision
from tests.support.factories import START, make_bid, make_user
from tests.unit.bids.conftest import Market

NOTE = "I run a bouldering wall's site today, so the slot rules in your spec are familiar to me."
OFFER = Offer(price=290_000, days=18, go_live_hours=6, note=NOTE, prototype_url="https://demo.example/")
AFTER = START + timedelta(days=8)


def placed(market: Market, offer: Offer = OFFER) -> Bid:
    bid = save_draft(market.freelancer, market.job, offer, START)
    place_bid(market.freelancer, bid, START)
    db.session.commit()
    return bid


def test_incomplete_draft_is_stored(market: Market) -> None:
    bid = save_draft(market.freelancer, market.job, Offer(note="Just a"), START)
    assert (bid.state, bid.note, bid.price) == (BidState.DRAFT, "Just a", None)
    assert market.job.bid_count == 0


def test_saving_again_updates_single_draft(market: Market) -> None:
    first = save_draft(market.freelancer, market.job, Offer(note="Just a"), START)
    again = save_draft(market.freelancer, market.job, OFFER, START)
    assert again.id == first.id
    assert offer_of(again) == OFFER


def test_client_cannot_bid_on_own_job(market: Market) -> None:
    with pytest.raises(NotAllowed, match="yours"):
        save_draft(market.client, market.job, OFFER, START)


def test_placed_bid_is_counted_announced_and_queued_for_ranking(market: Market) -> None:
    heard: list[Bid] = []
    with bid_submitted.connected_to(heard.append):
        bid = placed(market)
    assert heard == [bid]
    assert (bid.state, bid.submitted_at, market.job.bid_count) == (BidState.SUBMITTED, START, 1)
    assert db.session.get_one(Rescore, market.job.id).due_at == START


def test_placing_watches_link_with_job_requirements(market: Market) -> None:
    bid = placed(market)
    assert bid.prototype is not None
    assert (bid.prototype.url, bid.prototype.due_at) == ("https://demo.example/", START)
    assert [line["kind"] for line in bid.prototype.requirements] == ["page", "text", "free"]


@pytest.mark.parametrize(
    ("gap", "field"),
    [
        ({"price": None}, "price"),
        ({"price": 0}, "price"),
        ({"days": None}, "days"),
        ({"note": "Too short."}, "note"),
        ({"prototype_url": "demo.example"}, "prototype_url"),
        ({"prototype_url": "https://user@demo.example/"}, "prototype_url"),
    ],
)
def test_incomplete_draft_is_not_placed(market: Market, gap: dict[str, object], field: str) -> None:
    bid = save_draft(market.freelancer, market.job, replace(OFFER, **gap), START)
    with pytest.raises(Invalid) as refusal:
        place_bid(market.freelancer, bid, START)
    assert refusal.value.field == field


def test_deadline_closes_bids_before_worker_runs(market: Market) -> None:
    bid = save_draft(market.freelancer, market.job, OFFER, START)
    with pytest.raises(Conflict):
        place_bid(market.freelancer, bid, market.job.bid_deadline or AFTER)


def test_draft_is_still_saved_after_deadline(market: Market) -> None:
    save_draft(market.freelancer, market.job, Offer(note="Just a"), START)
    bid = save_draft(market.freelancer, market.job, OFFER, AFTER)
    assert bid.note == NOTE


def test_one_bid_per_freelancer_and_job(market: Market) -> None:
    placed(market)
    with pytest.raises(Conflict):
        save_draft(market.freelancer, market.job, OFFER, START)


def test_freelancer_may_bid_again_after_withdrawal(market: Market) -> None:
    first = placed(market)
    withdraw_bid(market.freelancer, first, START)
    again = placed(market)
    assert again.id != first.id
    assert market.job.bid_count == 1


def test_edit_changes_bid_and_version(market: Market) -> None:
    bid = placed(market)
    changes: list[str] = []
    with bid_changed.connected_to(lambda _, change: changes.append(change)):
        edit_bid(market.freelancer, bid, replace(OFFER, price=250_000), START)
    assert (bid.price, bid.version, changes) == (250_000, 2, ["edited"])


def test_new_link_is_new_revision_of_same_prototype(market: Market) -> None:
    bid = placed(market)
    before = bid.prototype_id
    edit_bid(market.freelancer, bid, replace(OFFER, prototype_url="https://second.example/"), START)
    assert bid.prototype_id == before
    urls = db.session.scalars(select(PrototypeRevision.url).order_by(PrototypeRevision.revision))
    assert list(urls) == ["https://demo.example/", "https://second.example/"]


def test_removed_link_is_no_longer_watched(market: Market) -> None:
    bid = placed(market)
    prototype = bid.prototype
    edit_bid(market.freelancer, bid, replace(OFFER, prototype_url=""), START)
    db.session.commit()
    assert prototype is not None
    assert (bid.prototype_id, prototype.watched) == (None, False)


def test_bid_cannot_change_after_deadline(market: Market) -> None:
    bid = placed(market)
    with pytest.raises(Conflict):
        edit_bid(market.freelancer, bid, OFFER, AFTER)
    with pytest.raises(Conflict):
        withdraw_bid(market.freelancer, bid, AFTER)


def test_withdrawn_bid_is_not_counted_and_its_link_not_watched(market: Market) -> None:
    bid = placed(market)
    withdraw_bid(market.freelancer, bid, START)
    db.session.commit()
    assert (bid.state, market.job.bid_count) == (BidState.WITHDRAWN, 0)
    assert bid.prototype is not None
    assert not bid.prototype.watched


def test_only_bidder_changes_bid(market: Market) -> None:
    bid = placed(market)
    with pytest.raises(NotAllowed):
        edit_bid(market.rival, bid, OFFER, START)
    with pytest.raises(NotAllowed):
        withdraw_bid(market.client, bid, START)


def test_only_own_portfolio_items_are_shown(market: Market) -> None:
    theirs = PortfolioItem(user_id=market.rival.id, title="Theirs", created_at=START)
    own = PortfolioItem(user_id=market.freelancer.id, title="Own", created_at=START)
    db.session.add_all([theirs, own])
    db.session.flush()
    bid = save_draft(market.freelancer, market.job, replace(OFFER, portfolio=(theirs.id, own.id)), START)
    assert [item.title for item in bid.portfolio] == ["Own"]


def test_link_can_be_checked_while_drafting(market: Market) -> None:
    bid = save_draft(market.freelancer, market.job, Offer(prototype_url="https://demo.example/"), START)
    check_draft_link(market.freelancer, bid, START)
    assert bid.prototype is not None
    prototype = bid.prototype
    save_draft(market.freelancer, market.job, OFFER, START)
    place_bid(market.freelancer, bid, START)
    assert bid.prototype_id == prototype.id
    assert db.session.scalars(select(Prototype)).all() == [prototype]


def test_recheck_is_allowed_but_not_at_once(market: Market) -> None:
    bid = placed(market)
    assert bid.prototype is not None
    with pytest.raises(Conflict, match="already"):
        check_link_again(market.freelancer, bid, START)
    bid.prototype.state, bid.prototype.checked_at = "live", START
    check_link_again(market.freelancer, bid, START + timedelta(minutes=5))
    assert bid.prototype.state == "queued"


def test_suspended_bidder_cannot_change_bid(market: Market) -> None:
    bid = make_bid(market.job, make_user("freelancer", suspended_at=START))
    with pytest.raises(NotAllowed, match="suspended"):
        withdraw_bid(bid.freelancer, bid, START)
