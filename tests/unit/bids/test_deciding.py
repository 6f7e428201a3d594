from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.bids.models import Bid
from marketplace.bids.services.deciding import (
    decline_bid,
    hide_bid,
    restore_bid,
    set_client_note,
    shortlist,
    undo_decline,
    unshortlist,
)
from marketplace.bids.states import BidState
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.events import bid_declined
from marketplace.jobs.services.lifecycle import cancel_job, close_job
from tests.support.factories import START, make_bid, make_user
from tests.unit.bids.conftest import Market


def test_bid_is_shortlisted_and_unshortlisted(market: Market) -> None:
    bid = make_bid(market.job, market.freelancer)
    shortlist(market.client, bid, START)
    shortlist(market.client, bid, START)
    assert bid.state == BidState.SHORTLISTED
    unshortlist(market.client, bid, START)
    assert bid.state == BidState.SUBMITTED


def test_decline_needs_reason(market: Market) -> None:
    bid = make_bid(market.job, market.freelancer)
    with pytest.raises(Invalid):
        decline_bid(market.client, bid, "  ", START)


def test_declined_bidder_is_notified_and_decline_can_be_undone(market: Market) -> None:
    bid, heard = make_bid(market.job, market.freelancer), list[Bid]()
    with bid_declined.connected_to(heard.append):
        decline_bid(market.client, bid, "We need somebody nearby.", START)
    assert (heard, bid.state, bid.decline_reason) == ([bid], BidState.DECLINED, "We need somebody nearby.")
    undo_decline(market.client, bid, START)
    assert (bid.state, bid.decline_reason) == (BidState.SUBMITTED, "")


def test_only_client_of_job_decides(market: Market) -> None:
    bid = make_bid(market.job, market.freelancer)
    for other in (market.freelancer, market.rival, make_user("client"), make_user("admin")):
        with pytest.raises(NotAllowed):
            shortlist(other, bid, START)
        with pytest.raises(NotAllowed):
            decline_bid(other, bid, "No.", START)
        with pytest.raises(NotAllowed):
            set_client_note(other, bid, "Hm.")


def test_no_decision_after_decision_deadline(market: Market) -> None:
    bid = make_bid(market.job, market.freelancer)
    with pytest.raises(Conflict):
        shortlist(market.client, bid, START + timedelta(days=14))


def test_client_note_is_stored(market: Market) -> None:
    bid = make_bid(market.job, market.freelancer)
    set_client_note(market.client, bid, " Ask about staff logins. ")
    assert bid.client_note == "Ask about staff logins."


def test_hidden_bid_does_not_count_until_restored(market: Market) -> None:
    bid, admin = make_bid(market.job, market.freelancer), make_user("admin")
    hide_bid(admin, bid, "Copied text.", START)
    assert (bid.state, market.job.bid_count) == (BidState.HIDDEN, 0)
    restore_bid(admin, bid, START)
    assert (bid.state, bid.hidden_reason, market.job.bid_count) == (BidState.SUBMITTED, None, 1)


def test_closing_job_keeps_bids_and_cancelling_lapses_them(market: Market) -> None:
    standing, declined = make_bid(market.job, market.freelancer), make_bid(market.job, market.rival)
    decline_bid(market.client, declined, "Too late.", START)
    close_job(market.client, market.job, START)
    assert standing.state == BidState.SUBMITTED
    cancel_job(market.client, market.job, "We lost our funding.", START)
    db.session.commit()
    assert (standing.state, declined.state) == (BidState.LAPSED, BidState.DECLINED)
