"""Continue the sample past the award through the rooms' services: signed, paid, worked on, reviewed, disputed."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from itertools import count

from flask import current_app
from sqlalchemy import select, update

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.contracts.models import Contract, HandoverItem
from marketplace.contracts.queries import contract_of
from marketplace.contracts.services.agreeing import agree, propose_terms
from marketplace.contracts.services.awarding import award_bid
from marketplace.contracts.services.handover import hand_over
from marketplace.contracts.services.offering import sign
from marketplace.contracts.services.settling import fund
from marketplace.contracts.services.working import approve, submit_work
from marketplace.contracts.terms import PlannedMilestone, Terms
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from marketplace.disputes.services.arguing import say
from marketplace.disputes.services.opening import DisputeDays, open_dispute
from marketplace.disputes.services.proposing import propose_split
from marketplace.jobs.models import Job
from marketplace.jobs.services.lifecycle import publish_job
from marketplace.jobs.services.pools import fund_pool
from marketplace.notifications.models import Notification
from marketplace.payments.services.transfers import withdraw
from marketplace.reviews.marks import Marks
from marketplace.reviews.queries import round_of
from marketplace.reviews.services.answering import reply_to
from marketplace.reviews.services.writing import write_review
from marketplace.sample.money import complete_payout_details, pay, send_due

Story = Generator[float, datetime, None]
"""Yields how many days ago its next step was, and is sent that time for the step."""

GIVEN = {
    "source": "https://git.example/granite-hall/hours (tag v1.0, with a README for your next developer)",
    "credentials": "There are none: staff sign in with accounts of their own.",
    "licence": "All rights go to Granite Hall. Icons: Lucide (ISC). Type: Inter (OFL).",
}
"""Deliverables of a handover, by kind."""


def add_contracts(people: Mapping[str, User], now: datetime, site: str) -> None:
    """Add everything after the award, for the sample's client and freelancer; `site` is where work went live."""
    both = people["client"], people["freelancer"]
    play([_completed(*both), _disputed(*both), _running(*both, site), _pool(people["client"])], now)
    week_ago = now - timedelta(days=7)
    db.session.execute(update(Notification).where(Notification.created_at < week_ago).values(read_at=week_ago))
    db.session.execute(update(OutgoingMail).values(due_at=None, sent_at=OutgoingMail.created_at))  # avoids a flood


def play(stories: list[Story], now: datetime) -> None:
    """Run all steps in chronological order; the app's clock follows, for rows written by listeners."""
    clock, extensions, nth = FixedClock(now), current_app.extensions, count()
    real, extensions["clock"] = extensions["clock"], clock
    ahead = [(-next(story), next(nth), story) for story in stories]
    heapq.heapify(ahead)
    try:
        while ahead:
            days, _, story = heapq.heappop(ahead)
            clock.moment = now + timedelta(days=days)
            try:
                heapq.heappush(ahead, (-story.send(clock.moment), next(nth), story))
            except StopIteration:
                continue
    finally:
        extensions["clock"] = real


def _completed(client: User, freelancer: User) -> Story:
    """A contract released long ago, handed over, reviewed by both, and partly paid out."""
    complete_payout_details(freelancer, (yield 100))
    contract = yield from _signed(
        "Opening hours in one place", 88, PlannedMilestone("Hours page and door sign", 160_000)
    )
    milestone = contract.standing[0]
    now = yield 86
    pay(fund(client, milestone, now), now)
    submit_work(freelancer, milestone, "All nine halls, three languages, and the sign as a PDF.", "", (yield 76))
    now = yield 75
    _hand_over(contract, now)
    approve(client, milestone, now := (yield 74))
    send_due(now)
    round_ = round_of(contract.id)
    assert round_ is not None  # noqa: S101 (a completed contract has one)
    words = (
        "The hours are right everywhere for the first time. She asked our staff, not me, and that made the difference."
    )
    review = write_review(client, round_, Marks(5, 4, 5), words, (yield 72))
    words = "Clear brief, quick answers, paid on the day. The three languages came a week late."
    write_review(freelancer, round_, Marks(5, 3, 5), words, (yield 70))
    reply_to(freelancer, review, "Thank you! Your staff knew exactly what they needed.", (yield 69))
    withdraw(freelancer, 100_000, contract.currency, now := (yield 60), f"sample:{freelancer.id}")
    send_due(now)


def _running(client: User, freelancer: User, site: str) -> Story:
    """A contract with one milestone released, the next submitted and live: the client decides, or silence
    releases it.
    """
    today = yield 25
    steps = (
        PlannedMilestone("Counter view for staff", 110_000),
        PlannedMilestone("Ticket page", 150_000, (today + timedelta(days=29)).date()),
    )
    contract = yield from _signed("Season tickets for a climbing gym", 22, *steps)
    counter, shop = contract.standing
    now = yield 20
    pay(fund(client, counter, now), now)
    submit_work(
        freelancer, counter, "Staff find, sell and block tickets; try it with the test members.", "", (yield 14)
    )
    _hand_over(contract, (yield 13.5))
    approve(client, counter, now := (yield 13))
    send_due(now)
    now = yield 12
    pay(fund(client, shop, now), now)
    submit_work(freelancer, shop, "Members pick a ticket and get their code by mail.", site, (yield 4))
    now = yield 0
    if shop.production:
        shop.production.due_at = now + timedelta(seconds=90)  # first the awarded prototype with which it is compared


def _disputed(client: User, freelancer: User) -> Story:
    """A dispute on which both sides have spoken and one proposes a split, without a ruling yet."""
    contract = yield from _signed("Newsletter for 900 members", 33, PlannedMilestone("Template and archive", 80_000))
    milestone = contract.standing[0]
    now = yield 31
    pay(fund(client, milestone, now), now)
    submit_work(freelancer, milestone, "Template, archive and sign-up are done.", "", (yield 12))
    words = "The letter falls apart in Outlook, which half of our members use. I would like half of the money back."
    dispute = open_dispute(client, milestone, words, DisputeDays(), (yield 8))
    words = "It is right in the versions of Outlook that are still supported. The brief names no older ones."
    say(freelancer, dispute, words, (yield 7.5))
    propose_split(freelancer, dispute, 60_000, "I keep three quarters and mend the old versions.", (yield 5))


def _pool(client: User) -> Story:
    """A job that requires prototypes: its pool is held, so it opens."""
    job = db.session.scalars(select(Job).where(Job.title == "Waiting lists for beginners’ courses")).one()
    now = yield 1
    pay(fund_pool(client, job, now), now)
    publish_job(client, job, 0, now)


def _hand_over(contract: Contract, now: datetime) -> None:
    items = select(HandoverItem).where(HandoverItem.contract_id == contract.id).order_by(HandoverItem.position)
    for item in db.session.scalars(items).all():
        hand_over(contract.freelancer, contract, item, GIVEN[item.kind], now)


def _signed(title: str, days: float, *steps: PlannedMilestone) -> Generator[float, datetime, Contract]:
    """A contract awarded so many days ago; the milestones are agreed, and both sign within a day."""
    won = Job.title == title, User.email == "freelancer@example.com"
    bid = db.session.scalars(select(Bid).join(Bid.job).join(Bid.freelancer).where(*won)).one()
    client, freelancer = bid.job.client, bid.freelancer
    contract = contract_of(award_bid(client, bid, bid.version, (yield days)).id)
    assert contract is not None  # noqa: S101 (it was made with the award)
    proposal = "In steps, each paid for on its own." if len(steps) > 1 else "A title that says what it is."
    terms = propose_terms(freelancer, contract, Terms(steps), proposal, (yield days - 0.2))
    agree(client, contract, terms, (yield days - 0.6))
    sign(client, contract, client.name, contract.version, (yield days - 0.7))
    sign(freelancer, contract, freelancer.name, contract.version, (yield days - 1.1))
    return contract
