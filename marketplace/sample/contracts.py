"""Carries the sample on past the award by the rooms' own services: signed, paid, worked on, reviewed, disputed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update

from marketplace.accounts.models import User
from marketplace.awards.models import Contract, HandoverItem
from marketplace.awards.queries import contract_of
from marketplace.awards.services import agree, approve, award_bid, fund, hand_over, propose_terms, sign, submit_work
from marketplace.awards.terms import Step, Terms
from marketplace.bids.models import Bid
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.disputes.services import DisputeDays, open_dispute, propose_split, say
from marketplace.jobs.models import Job
from marketplace.jobs.services import fund_pool, publish_job
from marketplace.notifications.models import Notification
from marketplace.payments.services import withdraw
from marketplace.reviews.marks import Marks
from marketplace.reviews.queries import round_of
from marketplace.reviews.services import reply_to, write_review
from marketplace.sample.money import complete_payout_details, pay, send_due

Ago = Callable[[float], datetime]
"""So many days before now; the app's clock is set to it."""

GIVEN = {
    "source": "https://git.example/granite-hall/hours (tag v1.0, with a README for your next developer)",
    "licence": "All rights go to Granite Hall. Icons: Lucide (ISC). Type: Inter (OFL).",
}
"""What was handed over with the completed contract, by kind."""


def add_contracts(people: Mapping[str, User], now: datetime) -> None:
    """Everything after the award, for the client and the freelancer of the sample; an admin is to rule."""
    client, freelancer = people["client"], people["freelancer"]
    with _turned_back(now) as ago:
        complete_payout_details(freelancer, ago(100))
        _add_completed(client, freelancer, ago)
        _add_disputed(client, freelancer, ago)
        _add_running(client, freelancer, ago)
        _add_pool(client, ago)
        old = Notification.created_at < ago(6)
        db.session.execute(update(Notification).where(old).values(read_at=ago(6)))


@contextmanager
def _turned_back(now: datetime) -> Generator[Ago]:
    """Let the app's clock follow the story, so that what is told to people is dated when it happened."""
    clock, extensions = FixedClock(now), current_app.extensions
    real = extensions["clock"]

    def ago(days: float) -> datetime:
        clock.moment = now - timedelta(days=days)
        return clock.moment

    extensions["clock"] = clock
    try:
        yield ago
    finally:
        extensions["clock"] = real


def _add_completed(client: User, freelancer: User, ago: Ago) -> None:
    """Released long ago, handed over, reviewed by both, and part of it paid out."""
    contract = _sign("Opening hours in one place", ago, 88, Step("Hours page and door sign", 160_000))
    milestone = contract.standing[0]
    pay(fund(client, milestone, ago(86)), ago(86))
    submit_work(freelancer, milestone, "All nine halls, three languages, and the sign as a PDF.", "", ago(76))
    for item in db.session.scalars(select(HandoverItem).where(HandoverItem.contract_id == contract.id)):
        if given := GIVEN.get(item.kind):
            hand_over(freelancer, contract, item, given, ago(75))
    approve(client, milestone, ago(74))
    send_due(ago(74))
    withdraw(freelancer, 100_000, contract.currency, ago(70), f"sample:{freelancer.id}")
    send_due(ago(70))
    round_ = round_of(contract.id)
    assert round_ is not None  # noqa: S101 (a completed contract has one)
    praise = (
        "The hours are right everywhere for the first time. She asked our staff, not me, and that made the difference."
    )
    review = write_review(client, round_, Marks(5, 4, 5), praise, ago(72))
    praise = "Clear brief, quick answers, paid on the day. The three languages came a week late."
    write_review(freelancer, round_, Marks(5, 3, 5), praise, ago(70))
    reply_to(freelancer, review, "Thank you! Your staff knew exactly what they needed.", ago(69))


def _add_running(client: User, freelancer: User, ago: Ago) -> None:
    """One milestone is released, the next one handed in: the client decides, or silence releases it."""
    steps = Step("Counter view for staff", 110_000), Step("Ticket page", 150_000, ago(-4).date())
    contract = _sign("Season tickets for a climbing gym", ago, 22, *steps)
    counter, shop = contract.standing
    pay(fund(client, counter, ago(20)), ago(20))
    submit_work(freelancer, counter, "Staff find, sell and block tickets; try it with the test members.", "", ago(14))
    approve(client, counter, ago(13))
    send_due(ago(13))
    pay(fund(client, shop, ago(12)), ago(12))
    submit_work(freelancer, shop, "Members pick a ticket and get their code by mail.", "", ago(4))


def _add_disputed(client: User, freelancer: User, ago: Ago) -> None:
    """Both sides have spoken and one proposes a split; nobody has ruled."""
    contract = _sign("Newsletter for 900 members", ago, 33, Step("Template and archive", 80_000))
    milestone = contract.standing[0]
    pay(fund(client, milestone, ago(31)), ago(31))
    submit_work(freelancer, milestone, "Template, archive and sign-up are done.", "", ago(12))
    words = "The letter falls apart in Outlook, which half of our members use. I would like half of the money back."
    dispute = open_dispute(client, milestone, words, DisputeDays(), ago(8))
    words = "It is right in the versions of Outlook that are still supported. The brief names no older ones."
    say(freelancer, dispute, words, ago(7))
    propose_split(freelancer, dispute, 60_000, "I keep three quarters and mend the old versions.", ago(5))


def _add_pool(client: User, ago: Ago) -> None:
    """A job that requires prototypes: its pool is held, so it opens."""
    job = _job("Waiting lists for beginners' courses")
    pay(fund_pool(client, job, ago(1)), ago(1))
    publish_job(client, job, 0, ago(1))


def _sign(title: str, ago: Ago, days: float, *steps: Step) -> Contract:
    """The freelancer's bid is chosen so many days ago; the steps are agreed to, and both sign within a day."""
    bid = db.session.scalars(
        select(Bid)
        .join(Job)
        .join(User, Bid.freelancer_id == User.id)
        .where(Job.title == title, User.email == "freelancer@example.com")
    ).one()
    client, freelancer = bid.job.client, bid.freelancer
    contract = contract_of(award_bid(client, bid, bid.version, ago(days)).id)
    assert contract is not None  # noqa: S101 (it was made with the award)
    proposed = propose_terms(freelancer, contract, Terms(steps), "In steps, each paid for on its own.", ago(days - 0.3))
    agree(client, contract, proposed, ago(days - 0.6))
    for person in (client, freelancer):
        sign(person, contract, person.name, contract.version, ago(days - 1))
    return contract


def _job(title: str) -> Job:
    return db.session.scalars(select(Job).where(Job.title == title)).one()
