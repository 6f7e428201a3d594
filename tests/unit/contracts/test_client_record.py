"""A client's track record: award rate, decision time, jobs without award, release time; in two queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.contracts.client_record import client_summary
from marketplace.contracts.queries import contract_of
from marketplace.contracts.services.awarding import award_bid
from marketplace.contracts.services.offering import withdraw_offer
from marketplace.core.database import db
from tests.support.contracts import approve, hand_in, make_offer, sign_both
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.queries import counted_queries

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)


def paid_after(client: User, decided: timedelta, released: timedelta) -> None:
    """A job whose bids closed at START, awarded and released after the given times."""
    job = make_job(client, state="closed", closed_at=START)
    bid = make_bid(job, make_user("freelancer"))
    award = award_bid(client, bid, bid.version, START + decided)
    contract = contract_of(award.id)
    assert contract is not None
    sign_both(contract)
    milestone = hand_in(contract.milestones[0], START + decided)
    approve(client, milestone, START + decided + released)
    db.session.commit()


def rows(client: User) -> dict[str, str]:
    return dict(client_summary(client.id).rows())


def test_below_three_jobs_no_rate_is_shown(app: Flask) -> None:
    with app.app_context():
        client = make_user("client")
        paid_after(client, DAY, DAY)
        make_job(client, state="expired")
        assert rows(client) == {
            "Jobs awarded": "Not enough yet",
            "Ended without an award": "1",
            "Usual time to decide": "Not enough yet",
            "Usual time to release": "Not enough yet",
        }


def test_medians_and_shares_are_formatted(app: Flask) -> None:
    with app.app_context():
        client = make_user("client")
        for days in (1, 2, 9):
            paid_after(client, days * DAY, days * timedelta(hours=1))
        make_job(client, state="expired")
        make_job(client, state="cancelled")
        assert rows(client) == {
            "Jobs awarded": "60% (3 of 5)",
            "Ended without an award": "2",
            "Usual time to decide": "2 d",
            "Usual time to release": "2 h",
        }


def test_undecided_unpublished_and_removed_jobs_are_not_counted(app: Flask) -> None:
    with app.app_context():
        client = make_user("client")
        for state in ("open", "closed", "removed"):
            make_job(client, state=state)
        make_job(client, state="cancelled", published_at=None)
        summary = client_summary(client.id)
        assert (summary.awarded, summary.not_awarded) == (0, 0)


def test_early_award_took_no_time_and_withdrawn_award_is_not_counted(app: Flask) -> None:
    with app.app_context():
        contract = make_offer()
        assert client_summary(contract.client_id).to_decide == [timedelta()]
        withdraw_offer(contract.freelancer, contract, "I am ill.", START)
        db.session.commit()
        assert client_summary(contract.client_id).awarded == 0


def test_summary_takes_two_queries(app: Flask) -> None:
    with app.app_context():
        client = make_user("client")
        for _ in range(4):
            make_job(client, state="expired")
        client_id = client.id
        with counted_queries() as statements:
            client_summary(client_id)
        assert len(statements) == 2
