"""Participation pools: required before a job opens, prototypes required from bids, settled once by rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.bids.models import Bid
from marketplace.bids.services.deciding import decline_bid
from marketplace.bids.services.pools import settle_due
from marketplace.bids.services.writing import edit_bid, offer_of, place_bid
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.events import pool_settled
from marketplace.jobs.models import Job, Pool
from marketplace.jobs.services.editing import save_draft
from marketplace.jobs.services.lifecycle import (
    approve_job,
    cancel_job,
    end_due,
    publish_job,
    remove_job,
    restore_job,
    what_lacks,
)
from marketplace.jobs.services.pools import fund_pool
from marketplace.notifications.models import Notification
from marketplace.payments.models import Hold
from marketplace.payments.services.charging import settle_charge
from marketplace.payments.services.settlement import close_chargeback, freeze, open_chargeback, unfreeze
from marketplace.prototypes.services import submit_link
from tests.support.contracts import make_offer, sign_both
from tests.support.factories import START, make_bid, make_job, make_user

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)
SPEC = "Members book a slot in three taps, and see which slots are free before they sign in."


def make_draft(**fields: object) -> Job:
    values = {"state": "draft", "published_at": None, "spec": SPEC, "requires_prototype": True, "pool_amount": 30_000}
    return make_job(make_user("client", name="Cleo Client"), **{**values, **fields})  # type: ignore[arg-type]


def pay(job: Job) -> Job:
    settle_charge(fund_pool(job.client, job, START), "succeeded", START)
    db.session.commit()
    return job


def make_open(**fields: object) -> Job:
    job = pay(make_draft(**fields))
    publish_job(job.client, job, 0, START)
    db.session.commit()
    return job


def bid_with_link(job: Job, link: str = "live", review: str = "", **fields: object) -> Bid:
    number = db.session.scalar(select(func.count()).select_from(Bid))
    prototype = submit_link(f"https://work{number}.example/", [], START)
    prototype.state, prototype.review, prototype.checked_at, prototype.due_at = link, review, START, None
    prototype.met = prototype.measured = 0
    return make_bid(job, make_user("freelancer"), prototype_id=prototype.id, **fields)


def end(job: Job, clock: FixedClock) -> Pool:
    """Pass the decision deadline and run the sweeps."""
    clock.moment = START + 15 * DAY
    for _ in range(2):  # closed, then expired
        end_due(clock.now())
        db.session.commit()
    settle_due(clock.now)
    return db.session.scalars(select(Pool).where(Pool.job_id == job.id).execution_options(populate_existing=True)).one()


def held(pool: Pool) -> Hold:
    assert pool.hold is not None
    db.session.refresh(pool.hold)
    return pool.hold


def test_job_requiring_prototypes_opens_only_with_funded_pool(app: Flask) -> None:
    with app.app_context():
        job = make_draft()
        with pytest.raises(Invalid, match="Pay €300 into the participation pool") as refusal:
            publish_job(job.client, job, 0, START)
        assert refusal.value.field == "pool"
        db.session.rollback()
        fund_pool(job.client, job, START)  # started but not paid
        assert [problem.task for problem in what_lacks(job, START)] == ["pool"]
        pay(job)
        assert what_lacks(job, START) == []
        publish_job(job.client, job, 0, START)
        assert job.state == "open"


def test_pool_needs_amount(app: Flask) -> None:
    with app.app_context():
        lacks = what_lacks(make_draft(pool_amount=0), START)
        assert [problem.field for problem in lacks] == ["pool_amount"]


def test_funding_pool_twice_returns_same_payment_and_only_client_pays(app: Flask) -> None:
    with app.app_context():
        job = make_draft()
        assert fund_pool(job.client, job, START) is fund_pool(job.client, job, START)
        with pytest.raises(NotAllowed):
            fund_pool(make_user("client"), job, START)


def test_failed_payment_can_be_restarted(app: Flask) -> None:
    with app.app_context():
        job = make_draft()
        first = settle_charge(fund_pool(job.client, job, START), "failed", START)
        db.session.commit()
        assert fund_pool(job.client, job, START).id != first.id


def test_paid_job_terms_cannot_change(app: Flask) -> None:
    with app.app_context():
        job = pay(make_draft())
        changes = {"requires_prototype": False, "pool_amount": 1, "currency": "USD", "title": "Other"}
        save_draft(job.client, job, changes, START)
        assert (job.requires_prototype, job.pool_amount, job.currency, job.title) == (True, 30_000, "EUR", "Other")


def test_pool_of_discarded_draft_is_refunded(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        job = pay(make_draft())
        cancel_job(job.client, job, "", START)
        db.session.commit()
        pool = end(job, clock)
        assert (pool.outcome, held(pool).refunded) == ("returned", 30_000)


def test_money_arriving_after_draft_was_discarded_is_refunded_at_once(app: Flask) -> None:
    with app.app_context():
        job = make_draft()
        charge = fund_pool(job.client, job, START)
        cancel_job(job.client, job, "", START)
        settle_charge(charge, "succeeded", START)
        db.session.commit()
        assert charge.hold is not None
        assert (charge.hold.state, charge.hold.refunded) == ("refunded", 30_000)


def test_money_of_replaced_payment_is_refunded(app: Flask) -> None:
    with app.app_context():
        job = make_draft()
        first = settle_charge(fund_pool(job.client, job, START), "failed", START)
        second = settle_charge(fund_pool(job.client, job, START), "succeeded", START)
        settle_charge(first, "succeeded", START)
        assert (first.hold and first.hold.state, second.hold and second.hold.state) == ("refunded", "held")


def test_bid_without_prototype_is_refused_with_reason(app: Flask) -> None:
    with app.app_context():
        job = make_open()
        bid = make_bid(job, make_user("freelancer"), state="draft")
        with pytest.raises(Invalid, match="only bids with a working prototype") as refusal:
            place_bid(bid.freelancer, bid, START)
        assert refusal.value.field == "prototype_url"
        placed = bid_with_link(job)
        with pytest.raises(Invalid, match="only bids with a working prototype"):
            edit_bid(placed.freelancer, placed, offer_of(placed), START)


@pytest.mark.parametrize(
    ("links", "working", "share"),
    [
        ([("live", "")], 1, 30_000),
        ([("live", ""), ("live", "cleared"), ("live", "")], 3, 10_000),
        ([("live", ""), ("broken", ""), ("live", "rejected"), ("refused", "")], 1, 30_000),
        ([("live", "")] * 7, 7, 4_285),  # five cents remain
        ([("broken", "")], 0, 0),
        ([], 0, 0),
    ],
)
def test_working_prototypes_share_pool_equally_without_award(
    app: Flask, clock: FixedClock, links: list[tuple[str, str]], working: int, share: int
) -> None:
    with app.app_context():
        job = make_open()
        for link, review in links:
            bid_with_link(job, link, review)
        hold = held(end(job, clock))
        assert sorted(hold.shares.values()) == [share] * working
        assert (hold.released, hold.refunded) == (share * working, 30_000 - share * working)


def test_declined_bids_share_but_withdrawn_and_hidden_do_not(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        job = make_open()
        declined = bid_with_link(job)
        bid_with_link(job, "live", "", state="withdrawn")
        bid_with_link(job, "live", "", state="hidden")
        decline_bid(job.client, declined, "Not what we want.", START)
        db.session.commit()
        assert held(end(job, clock)).shares == {str(declined.freelancer_id): 30_000}


@pytest.mark.parametrize("way", ["cancelled", "removed"])
def test_pool_is_shared_when_job_is_cancelled_or_removed(app: Flask, clock: FixedClock, way: str) -> None:
    with app.app_context():
        job = make_open()
        bid = bid_with_link(job)
        if way == "cancelled":
            cancel_job(job.client, job, "We changed our minds.", START)
        else:
            remove_job(make_user("admin"), job, "It breaks the rules.", START)
        db.session.commit()
        assert held(end(job, clock)).shares == {str(bid.freelancer_id): 30_000}


def test_awarded_pool_is_refunded_once_both_signed(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        job = make_open()
        bid_with_link(job)
        contract = make_offer(bid_with_link(job))
        assert settle_due(clock.now) == 0
        sign_both(contract)
        assert settle_due(clock.now) == 1
        pool = db.session.scalars(select(Pool)).one()
        assert (pool.outcome, held(pool).refunded) == ("returned", 30_000)


def test_restored_job_keeps_pool_through_unsigned_award(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        job, admin = make_open(), make_user("admin")
        remove_job(admin, job, "It breaks the rules.", START)
        restore_job(admin, job, START)
        make_offer(bid_with_link(job))
        assert end(job, clock).settled_at is None
        assert held(db.session.scalars(select(Pool)).one()).state == "held"


def test_pool_is_settled_once_and_everybody_is_notified(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        job = make_open()
        bid_with_link(job)
        settled: list[int] = []

        def hear(pool: Pool, **_: object) -> None:
            settled.append(pool.id)

        with pool_settled.connected_to(hear):
            end(job, clock)
            end(job, clock)
        assert len(settled) == 1
        subjects = set(db.session.scalars(select(Notification.subject)))
        assert {"€300 for your prototype", f"The participation pool of {job.title} is settled"} <= subjects


def test_flagged_prototype_delays_pool_for_a_week_at_most(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        job = make_open()
        bid = bid_with_link(job, "live", "flagged")
        assert end(job, clock).settled_at is None
        clock.moment += 8 * DAY
        assert settle_due(clock.now) == 1
        pool = db.session.scalars(select(Pool)).one()
        assert held(pool).shares == {str(bid.freelancer_id): 30_000}


def test_frozen_money_delays_pool(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        job = make_open()
        bid_with_link(job)
        hold = db.session.scalars(select(Hold)).one()
        freeze(hold, START)
        db.session.commit()
        assert end(job, clock).settled_at is None
        unfreeze(hold, clock.now())
        db.session.commit()
        clock.moment += DAY
        settle_due(clock.now)
        assert held(db.session.scalars(select(Pool)).one()).released == 30_000


def test_charged_back_pool_must_be_paid_again(app: Flask) -> None:
    with app.app_context():
        job = pay(make_draft())
        first = db.session.scalars(select(Hold)).one()
        open_chargeback(first)
        assert "disputes" in what_lacks(job, START)[0].message
        close_chargeback(first, START, lost=True)
        assert [problem.task for problem in what_lacks(job, START)] == ["pool"]
        pay(job)
        assert what_lacks(job, START) == []
        assert job.pool is not None
        assert job.pool.hold_id not in (None, first.id)


def test_job_under_review_does_not_open_without_pool(app: Flask) -> None:
    with app.app_context():
        job = pay(make_draft())
        publish_job(job.client, job, 1, START)
        open_chargeback(db.session.scalars(select(Hold)).one())
        with pytest.raises(Invalid, match="pool is no longer held"):
            approve_job(make_user("admin"), job, START)


def test_charged_back_pool_settles_with_no_shares(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        bid = bid_with_link(make_open())
        hold = db.session.scalars(select(Hold)).one()
        open_chargeback(hold)
        close_chargeback(hold, START, lost=True)
        db.session.commit()
        pool = end(bid.job, clock)
        assert (pool.outcome, pool.due_at, hold.shares) == ("returned", None, {})
        told = select(Notification.subject).where(Notification.user_id == bid.freelancer_id)
        assert f"The pool of {bid.job.title} is not paid out" in set(db.session.scalars(told))


def test_job_without_pool_takes_no_pool_payment(app: Flask) -> None:
    with app.app_context():
        job = make_draft(requires_prototype=False, pool_amount=0)
        with pytest.raises(Conflict):
            fund_pool(job.client, job, START)
