"""Build the sample's rows, dated over the last weeks; the real worker then checks its links."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations

from sqlalchemy import select

from marketplace.accounts.models import PortfolioItem, Testimonial, User
from marketplace.accounts.services.people import create_user
from marketplace.accounts.services.signals import know_pair
from marketplace.bids.models import Bid
from marketplace.bids.services.links import lines_of
from marketplace.bids.services.rescoring import ask_for_rescore
from marketplace.bids.states import BidState
from marketplace.contracts.models import Award
from marketplace.contracts.services.offering import make_offer
from marketplace.contracts.terms import Days
from marketplace.core.database import db
from marketplace.core.text import unique_slug
from marketplace.jobs.models import Job, JobRequirement, JobSkill
from marketplace.jobs.states import JobState
from marketplace.messages.models import Message
from marketplace.moderation.models import Report
from marketplace.notifications.models import Notification
from marketplace.payments.setup import payments
from marketplace.prototypes.services import submit_link
from marketplace.sample.contracts import add_contracts
from marketplace.sample.jobs import JOBS, SampleBid, SampleJob
from marketplace.sample.people import PASSWORD, PEOPLE, Person
from marketplace.sample.sites import site_url

ACCOUNTS = [(part, f"{part}@example.com", PASSWORD) for part in ("client", "freelancer", "admin")]
"""(part, e-mail, password) of the accounts to try first."""


def has_people() -> bool:
    """Whether the database is in use already."""
    return db.session.scalar(select(User.id).limit(1)) is not None


def add_small_sample(now: datetime, base_port: int) -> None:
    """Add the whole sample marketplace; `base_port` is where the sample prototypes are served. Does not commit.

    Its contracts are paid in the sandbox, so they are left out where payments are real.
    """
    people = {person.key: _add_person(person, now) for person in PEOPLE}
    for one, other in combinations((people[part] for part, _, _ in ACCOUNTS), 2):
        know_pair(people["admin"], one.id, other.id, "Sample accounts, to be tried from one browser.", now)
    for job in JOBS:
        _add_job(job, people, now, base_port)
    if not payments().provider.is_real:
        add_contracts(people, now, site_url("tickets", base_port))
    _add_talk(people, now)


def _add_person(person: Person, now: datetime) -> User:
    user = create_user(person.email, PASSWORD, person.name, person.roles, now - timedelta(days=120), confirmed=True)
    profile = user.profile
    profile.headline, profile.about, profile.skills = person.headline, person.about, list(person.skills)
    profile.rate_minor, profile.country = person.rate, person.country
    for work in person.works:
        item = PortfolioItem(user_id=user.id, title=work.title, description=work.description, link=work.link)
        item.created_at = now - timedelta(days=50)
        db.session.add(item)
    for praise in person.praise:
        testimonial = Testimonial(user_id=user.id, invited_email="customer@example.com", text=praise.text)
        testimonial.author_name, testimonial.author_role = praise.author, praise.role
        testimonial.invited_at, testimonial.written_at = now - timedelta(days=45), now - timedelta(days=44)
        db.session.add(testimonial)
    db.session.flush()
    return user


def _add_job(sample: SampleJob, people: dict[str, User], now: datetime, base_port: int) -> None:
    posted = now - timedelta(days=sample.posted_days_ago, hours=2)
    over = sample.then in ("closed", "awarded", "cancelled")
    closed = now - timedelta(days=sample.closed_days_ago)
    job = Job(
        slug=unique_slug(sample.title),
        client_id=people[sample.client].id,
        state=JobState(sample.then),
        title=sample.title,
        spec=sample.spec,
        category=sample.category,
        currency=sample.currency,
        budget_min=sample.budget[0] * 100,
        budget_max=sample.budget[1] * 100,
        bid_deadline=closed if over else now + timedelta(days=6),
        decision_deadline=(closed if over else now) + timedelta(days=13),
        requires_prototype=sample.pool > 0,
        pool_amount=sample.pool * 100,
        created_at=posted,
        updated_at=posted,
        published_at=None if sample.then in ("draft", "pending_review") else posted,
        end_reason="We found a tablet with a browser from this decade." if sample.then == "cancelled" else None,
    )
    job.skills = [JobSkill(name=name) for name in sample.skills]
    job.requirements = [
        JobRequirement(position=position, kind=kind, value=value)
        for position, (kind, value) in enumerate(sample.requirements)
    ]
    db.session.add(job)
    db.session.flush()
    for place, bid in enumerate(sample.bids):
        _add_bid(bid, job, people[bid.by], posted + timedelta(hours=5 + 7 * place), now, base_port)
    if sample.bids:
        ask_for_rescore(job.id, now)


def _add_bid(sample: SampleBid, job: Job, freelancer: User, placed: datetime, now: datetime, base_port: int) -> None:
    placed = min(placed, now - timedelta(minutes=20))
    lost = job.state in (JobState.AWARDED, JobState.CANCELLED) and sample.then == "submitted"
    bid = Bid(
        job_id=job.id,
        freelancer_id=freelancer.id,
        state=BidState.LAPSED if lost else BidState(sample.then),
        price=sample.price * 100,
        days=sample.days,
        go_live_hours=sample.hours,
        note=sample.note,
        credits=sample.credits,
        decline_reason="We need somebody who has done bookings before." if sample.then == "declined" else "",
        created_at=placed,
        updated_at=placed,
        submitted_at=placed,
    )
    bid.portfolio = list(db.session.scalars(select(PortfolioItem).where(PortfolioItem.user_id == freelancer.id)))
    bid.testimonials = list(db.session.scalars(select(Testimonial).where(Testimonial.user_id == freelancer.id)))
    if sample.site:
        bid.prototype_url = site_url(sample.site, base_port)
        lines = lines_of(job)
        bid.prototype_id = submit_link(bid.prototype_url, lines, now).id
    db.session.add(bid)
    job.bid_count += sample.then != "withdrawn"
    db.session.flush()
    if sample.then == "awarded":
        award = Award(job=job, bid=bid, awarded_by=job.client_id, price=bid.price or 0, currency=job.currency)
        award.awarded_at = now - timedelta(days=1)
        db.session.add(award)
        db.session.flush()
        make_offer(award, Days(), award.awarded_at)


def _add_talk(people: dict[str, User], now: datetime) -> None:
    """Add one thread, one unread notification, and one report waiting for the admin."""
    gym = db.session.scalars(select(Job).where(Job.title == JOBS[0].title)).one()
    bids = {bid.freelancer_id: bid for bid in db.session.scalars(select(Bid).where(Bid.job_id == gym.id))}
    bid, copy = bids[people["freelancer"].id], bids[people["copy"].id]
    lines = (
        (people["client"], "Your page already works in our cellar. Could staff close a slot from the phone as well?"),
        (people["freelancer"], "Yes: a long press on a slot closes it. I can show you that version on Thursday."),
    )
    for minutes, (sender, text) in zip((90, 30), lines, strict=True):
        db.session.add(Message(bid_id=bid.id, sender_id=sender.id, text=text, sent_at=now - timedelta(minutes=minutes)))
    db.session.add(
        Notification(
            user_id=people["client"].id,
            kind="message",
            dedupe_key="sample:message",
            subject="Amara Okafor wrote to you",
            body=lines[1][1],
            path=f"/bids/{bid.id}/messages",
            created_at=now - timedelta(minutes=30),
        )
    )
    db.session.add(
        Report(
            reporter_id=people["client"].id,
            subject_kind="bid",
            subject_id=copy.id,
            affected_id=people["copy"].id,
            reason="copied",
            text="This looks exactly like the prototype of another bidder, with the name changed.",
            created_at=now - timedelta(hours=3),
            updated_at=now - timedelta(hours=3),
        )
    )
