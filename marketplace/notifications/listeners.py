"""What lower rooms' events mean for people: each becomes notifications in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import load_only

from config.settings import Settings
from marketplace.accounts.models import Testimonial, User
from marketplace.bids.models import Bid
from marketplace.bids.states import LIVE, BidState
from marketplace.contracts.models import Award
from marketplace.contracts.queries import contract_of
from marketplace.core import events
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.money import display
from marketplace.core.rooms import Listeners
from marketplace.core.signing import link_signer
from marketplace.jobs.models import Job, JobEdit, Pool
from marketplace.jobs.states import JobState
from marketplace.messages.models import Message
from marketplace.messages.policy import other_side
from marketplace.notifications.services import News, Post, tell
from marketplace.prototypes.quick_check_recording import LinkState
from marketplace.prototypes.states import PrototypeState

FAILURES = (PrototypeState.BROKEN, PrototypeState.REFUSED)
CHANGES = {"edited": "changed a bid on", "withdrawn": "withdrew a bid on"}


def announce(*news: News) -> None:
    """Tell people, with the site's address and time."""
    settings: Settings = current_app.extensions["settings"]
    clock: Clock = current_app.extensions["clock"]
    tell(news, Post(settings.site_url, link_signer("unsubscribe")), clock.now())


def _on_bid(bid: Bid, **_: Any) -> None:
    price = display(bid.price or 0, bid.job.currency)
    subject = f"{bid.freelancer.name} bids {price} on {bid.job.title}"
    announce(News(bid.job.client_id, "bid", f"bid:{bid.id}", subject, f"/bids/{bid.id}"))


def _on_change(bid: Bid, change: str = "", **_: Any) -> None:
    if change in CHANGES:
        subject = f"{bid.freelancer.name} {CHANGES[change]} {bid.job.title}"
        path = f"/bids/{bid.id}" if change == "edited" else f"/jobs/{bid.job.slug}/bids"
        announce(News(bid.job.client_id, "bid", f"bid:{bid.id}:{change}:{bid.updated_at:%Y%m%dT%H%M%S}", subject, path))


def _on_decline(bid: Bid, **_: Any) -> None:
    subject = f"Your bid on {bid.job.title} was declined"
    key = f"declined:{bid.id}:{bid.updated_at:%Y%m%dT%H%M%S%f}"
    announce(News(bid.freelancer_id, "outcome", key, subject, f"/bids/{bid.id}", bid.decline_reason))


def _on_award(award: Award, **_: Any) -> None:
    """Everyone who bid learns the outcome, each with their own score."""
    job = award.job
    bids = db.session.execute(
        select(Bid.id, Bid.freelancer_id, Bid.rank, Bid.score).where(
            Bid.job_id == job.id, Bid.submitted_at.is_not(None), Bid.state != BidState.WITHDRAWN
        )
    ).all()
    contract = contract_of(award.id)
    paths = {award.bid_id: f"/contracts/{contract.id}"} if contract else {}
    announce(*(_outcome(award, row.id, row.freelancer_id, _place(row.rank, row.score), paths) for row in bids))


def _outcome(award: Award, bid_id: int, person: int, place: str, paths: Mapping[int, str]) -> News:
    won, title = bid_id == award.bid_id, award.job.title
    subject = f"You won {title}" if won else f"{title} went to somebody else"
    what_next = "Read the contract and sign it." if won else "The bid’s page shows where the points came from."
    path = paths.get(bid_id, f"/bids/{bid_id}")
    return News(person, "outcome", f"award:{award.id}:{person}", subject, path, place + what_next)


def _place(rank: int | None, score: int | None) -> str:
    return "" if rank is None or score is None else f"Your bid stood at rank {rank} with {score / 1000:.1f} points. "


def _on_opening(job: Job, **_: Any) -> None:
    subject = f"{job.title} is open for bids"
    announce(News(job.client_id, "job", f"opened:{job.id}:{_stamp(job.updated_at)}", subject, f"/jobs/{job.slug}"))


def _on_edit(job: Job, edit: JobEdit, reopened: bool = False, **_: Any) -> None:
    if reopened:
        return  # told in other words
    subject, path = f"The spec of {job.title} has changed", f"/jobs/{job.slug}/history"
    announce(
        *(
            News(bid.freelancer_id, "job", f"edited:{edit.id}:{bid.freelancer_id}", subject, path,
                 f"Look whether your bid still fits. {_what_may_be_done(bid)}")
            for bid in _placed_bids(job)
        )
    )  # fmt: skip


def _on_reopening(job: Job, **_: Any) -> None:
    """Every bidder hears of it; nothing is said of ranks, points or other bids."""
    key, subject = f"reopened:{job.id}:{_stamp(job.updated_at)}", f"{job.title} takes bids again"
    until = f"New bids may come until {job.bid_deadline:%d %B %Y, %H:%M} UTC." if job.bid_deadline else ""
    announce(
        *(
            News(bid.freelancer_id, "job", f"{key}:{bid.freelancer_id}", subject, f"/bids/{bid.id}",
                 f"{until} {_what_may_be_done(bid)}")
            for bid in _placed_bids(job)
        )
    )  # fmt: skip


def _what_may_be_done(bid: Bid) -> str:
    if bid.state == BidState.DECLINED:
        return "Yours stays declined, unless the client takes that back."
    if bid.told_at:
        return "Yours stands as you placed it and may win; it can’t be changed, since you were told where it stood."
    return "Yours stands as you placed it; you can change it until bids close."


def _on_end(job: Job, **_: Any) -> None:
    words = {
        JobState.CLOSED: "takes no more bids",
        JobState.CANCELLED: "was cancelled",
        JobState.EXPIRED: "ended without an award",
    }
    words_now = words.get(JobState(job.state))
    if words_now is None:
        return
    subject, key = f"{job.title} {words_now}", f"ended:{job.id}:{job.state}:{_stamp(job.updated_at)}"
    news = [News(job.client_id, "job", f"{key}:client", subject, f"/jobs/{job.slug}/bids")]
    if job.state != JobState.CLOSED:
        reason = job.end_reason or ""
        news += [
            News(bid.freelancer_id, "outcome", f"{key}:{bid.freelancer_id}", subject, f"/jobs/{job.slug}", reason)
            for bid in _placed_bids(job)
        ]
    announce(*news)


def _on_message(message: Message, **_: Any) -> None:
    bid = db.session.get_one(Bid, message.bid_id)
    sender = db.session.get_one(User, message.sender_id)
    body = message.text if len(message.text) < 400 else f"{message.text[:400]} ..."
    path = f"/bids/{bid.id}/messages"
    announce(
        News(other_side(sender, bid), "message", f"message:{message.id}", f"{sender.name} wrote to you", path, body)
    )


def _on_checks(prototypes: Iterable[LinkState], before: Mapping[int, str], **_: Any) -> None:
    """The owner hears when a placed bid's link stops working, works again, or fails its first check.

    Nothing is said of a draft: what a check finds stands beside it while it is written, and links come and go there.
    """
    changed = {one.id: one for one in prototypes if _is_news(one.state, before.get(one.id))}
    if changed:
        bids = db.session.scalars(select(Bid).where(Bid.prototype_id.in_(changed), Bid.state.in_(LIVE))).all()
        announce(*(_on_link(bid, changed[bid.prototype_id]) for bid in bids if bid.prototype_id))


def _is_news(state: PrototypeState, before: str | None) -> bool:
    works, fails = state == PrototypeState.LIVE, state in FAILURES
    return (fails and before != state) or (works and before in FAILURES)


def _on_link(bid: Bid, prototype: LinkState) -> News:
    works = prototype.state == PrototypeState.LIVE
    subject = f"Your prototype for {bid.job.title} {'works again' if works else 'is not working'}"
    key = f"prototype:{prototype.id}:{_stamp(prototype.checked_at)}"
    return News(bid.freelancer_id, "prototype", key, subject, f"/bids/{bid.id}", prototype.summary)


def _on_testimonial(testimonial: Testimonial, **_: Any) -> None:
    subject = f"{testimonial.author_name} wrote a testimonial about you"
    key = f"testimonial:{testimonial.id}"
    announce(News(testimonial.user_id, "testimonial", key, subject, "/account/testimonials", testimonial.text))


def _on_pool(pool: Pool, shares: Mapping[int, int], missed: Sequence[int], **_: Any) -> None:
    job = pool.job
    news = [
        News(person, "outcome", f"pool:{pool.id}:{person}", f"{display(amount, job.currency)} for your prototype",
             f"/jobs/{job.slug}", f"{job.title} ended without an award; its pool is shared among working prototypes.")
        for person, amount in shares.items()
    ] + [
        News(person, "outcome", f"pool:{pool.id}:{person}", f"The pool of {job.title} is not paid out",
             f"/jobs/{job.slug}", "The client’s bank took the payment back, so there is nothing to share.")
        for person in missed
    ]  # fmt: skip
    rest = display((pool.hold.refunded if pool.hold else 0), job.currency)
    subject = f"The participation pool of {job.title} is settled"
    body = f"{len(shares)} bidders with a working prototype share it. {rest} go back to you."
    if missed:
        body = "Your bank took the payment back, so the bidders with a working prototype get nothing."
    announce(*news, News(job.client_id, "job", f"pool:{pool.id}:client", subject, f"/jobs/{job.slug}", body))


def _placed_bids(job: Job) -> Sequence[Bid]:
    live = Bid.job_id == job.id, Bid.submitted_at.is_not(None), Bid.state.not_in([BidState.WITHDRAWN, BidState.HIDDEN])
    narrow = load_only(Bid.freelancer_id, Bid.state, Bid.told_at)
    return db.session.scalars(select(Bid).where(*live).options(narrow)).all()


def _stamp(moment: datetime | None) -> str:
    return f"{moment or datetime.now(UTC):%Y%m%dT%H%M%S%f}"


LISTENERS: Listeners = (
    (events.bid_submitted, _on_bid),
    (events.bid_changed, _on_change),
    (events.bid_declined, _on_decline),
    (events.job_awarded, _on_award),
    (events.job_opened, _on_opening),
    (events.job_edited, _on_edit),
    (events.job_reopened, _on_reopening),
    (events.job_ended, _on_end),
    (events.message_sent, _on_message),
    (events.prototypes_checked, _on_checks),
    (events.pool_settled, _on_pool),
    (events.testimonial_written, _on_testimonial),
)
