"""Track records: promises computed from events, weighted by age, in a fixed number of queries."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.bids.gathering import rank_facts
from marketplace.contracts.going_live import Delivery, Live
from marketplace.contracts.services.agreeing import agree, propose_end
from marketplace.contracts.terms import PlannedMilestone as Wanted
from marketplace.contracts.terms import Terms
from marketplace.core.database import db
from marketplace.ranking.facts import ContractFacts, PromiseFacts, ReviewFacts
from marketplace.reviews.models import Review
from marketplace.reviews.promises import MilestonePromise, promises_of
from marketplace.reviews.records import YEAR, histories_of, records_of, weighed
from marketplace.reviews.services.hiding import hide_review
from tests.support.contracts import make_contract, pay_for
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.queries import counted_queries
from tests.support.reviews import BAD, complete, make_completed, make_reviewed, review

pytestmark = pytest.mark.both_engines

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TOMORROW = date(2026, 11, 25)
LATER = START + 30 * DAY


def step(
    due_on: date | None = None,
    funded: datetime | None = START,
    handed_in: datetime | None = None,
    live: datetime | None = None,
    unproven: datetime | None = None,
    *,
    other: bool = False,
) -> MilestonePromise:
    return MilestonePromise(due_on, funded, handed_in, Live(live or unproven, live, other))


KEPT, BROKEN, NOT_MEASURED = Delivery.KEPT, Delivery.BROKEN, Delivery.NOT_MEASURED


@pytest.mark.parametrize(
    ("given_step", "hours", "kept"),
    [
        (step(), None, []),
        (step(TOMORROW, handed_in=START + 39 * HOUR), None, [KEPT]),  # 24:00 UTC of the due day
        (step(TOMORROW, handed_in=START + 40 * HOUR), None, [BROKEN]),
        (step(TOMORROW), None, [BROKEN]),
        (step(TOMORROW, funded=None), None, []),
        (step(TOMORROW, funded=START + 3 * DAY, handed_in=START + 4 * DAY), None, []),  # paid too late to count
        (step(live=START + 6 * HOUR), 6, [KEPT]),
        (step(live=START + 7 * HOUR), 6, [BROKEN]),
        (step(), 6, [BROKEN]),
        (step(unproven=START + 6 * HOUR), 6, [NOT_MEASURED]),
        (step(unproven=START + 60 * HOUR), 6, [NOT_MEASURED]),
        (step(unproven=START + 6 * HOUR, other=True), 6, [BROKEN]),
        (step(), 24 * 40, []),  # the contract ended before the deadline
        (step(funded=None), 6, []),
        (step(TOMORROW, handed_in=START, live=START + 7 * HOUR), 6, [KEPT, BROKEN]),
    ],
)
def test_promise_outcome_follows_from_events(
    given_step: MilestonePromise, hours: int | None, kept: list[Delivery]
) -> None:
    assert [promise.outcome for promise in promises_of([given_step], hours, LATER)] == kept


def test_go_live_is_measured_from_last_milestone_only() -> None:
    early, last = step(live=START), step(funded=START + DAY, live=START + DAY + HOUR)
    assert [promise.outcome for promise in promises_of([early, last], 2, LATER)] == [KEPT]


@pytest.mark.parametrize(("years", "weight"), [(0, 1), (1, 0.707), (2, 0.5), (4, 0.25), (-1, 0)])
def test_two_year_old_event_weighs_half_and_future_event_nothing(years: float, weight: float) -> None:
    assert weighed([(True, LATER - YEAR * years)], LATER) == (weight, weight)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20_000)), max_size=40))
def test_weighted_good_never_exceeds_total_nor_count(ages: list[tuple[bool, int]]) -> None:
    good, total = weighed([(is_good, LATER - days * DAY) for is_good, days in ages], LATER)
    assert 0 <= good <= total <= len(ages)
    assert (good, total) == (round(good, 3), round(total, 3))


def test_reviews_promises_and_contracts_of_one_freelancer(app: Flask) -> None:
    with app.app_context():
        fay = make_user("freelancer", name="Fay Freelancer")
        make_reviewed(freelancer=fay)
        make_reviewed(freelancer=fay, marks=BAD)
        sealed = make_completed(freelancer=fay)
        review(sealed, "client")
        record = records_of([fay.id], START)[fay.id]
        assert record.reviews == ReviewFacts(positive=1, total=2)
        assert record.contracts == ContractFacts(completed=3, total=3)
        assert record.promises == PromiseFacts(kept=0, total=0)  # six hours have not passed, so nothing is due
        assert records_of([fay.id], START + YEAR * 2)[fay.id].reviews == ReviewFacts(positive=0.5, total=1)


def test_met_due_date_is_kept_promise_and_cancelled_contract_not_completed(app: Flask) -> None:
    with app.app_context():
        terms = Terms((Wanted("All of it", 290_000, TOMORROW),), go_live_hours=6)
        contract = complete(make_contract(terms), START + 7 * HOUR)
        record = records_of([contract.freelancer_id], START + 7 * HOUR)[contract.freelancer_id]
        assert record.promises == PromiseFacts(kept=1, total=1)
        given_up = make_contract(terms)
        pay_for(given_up.standing[0])
        version = propose_end(given_up.client, given_up, "client", "It is not needed any more.", START + 3 * DAY)
        agree(given_up.freelancer, given_up, version, START + 3 * DAY)
        db.session.commit()
        record = records_of([given_up.freelancer_id], START + 3 * DAY)[given_up.freelancer_id]
        assert record.promises == PromiseFacts(kept=0, total=2)  # neither submitted by its day nor live in time
        assert record.contracts == ContractFacts(completed=0, total=1)


def test_hidden_review_does_not_count(app: Flask) -> None:
    with app.app_context():
        contract = make_reviewed()
        about = db.session.scalars(select(Review).where(Review.about == "freelancer")).one()
        hide_review(make_user("admin"), about, "Insults.", START)
        db.session.commit()
        assert records_of([contract.freelancer_id], START)[contract.freelancer_id].reviews == ReviewFacts()


def test_review_as_client_does_not_count_as_freelancer(app: Flask) -> None:
    with app.app_context():
        contract = make_reviewed()
        assert contract.client_id not in records_of([contract.client_id], START)


def test_query_count_does_not_grow_with_people(app: Flask) -> None:
    with app.app_context():
        people = [make_reviewed().freelancer_id for _ in range(3)]
        with counted_queries() as few:
            records_of(people[:1], START)
        with counted_queries() as many:
            records_of([*people, *range(1_000, 3_000)], START)
        assert len(few) == len(many) == 4


def test_rank_uses_record(app: Flask) -> None:
    with app.app_context():
        fay = db.session.get_one(User, make_reviewed().freelancer_id)
        job = make_job(make_user("client"))
        make_bid(job, fay)
        make_bid(job, make_user("freelancer"))
        known, new = rank_facts([job.id], START)[job.id].bids
        assert (known.reviews, known.contracts) == (
            ReviewFacts(positive=1, total=1),
            ContractFacts(completed=1, total=1),
        )
        assert (new.reviews, new.contracts) == (ReviewFacts(), ContractFacts())


def test_unmeasured_promise_is_counted_separately(app: Flask) -> None:
    with app.app_context():
        contract = complete(make_contract(), START + 50 * HOUR)
        contract.standing[0].live_at = START + 40 * HOUR
        db.session.commit()
        history = histories_of([contract.freelancer_id])[contract.freelancer_id]
        assert (history.promises, len(history.not_measured)) == ([], 1)
