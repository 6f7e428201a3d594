"""Listeners that turn lower rooms' events into notifications in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import load_only

from marketplace.accounts.models import Testimonial, User
from marketplace.bids.models import Bid
from marketplace.bids.states import LIVE, BidState
from marketplace.contracts.models import Award, Contract
from marketplace.contracts.queries import contract_of
from marketplace.core import events
from marketplace.core.database import db
from marketplace.core.rooms import Listeners
from marketplace.jobs.models import Job, JobEdit, Pool
from marketplace.jobs.states import JobState
from marketplace.messages.models import Message
from marketplace.messages.policy import other_side
from marketplace.notifications.services import News
from marketplace.notifications.telling import announce, news, stamp
from marketplace.prototypes.quick_check_recording import LinkState
from marketplace.prototypes.states import PrototypeState

FAILURES = (PrototypeState.BROKEN, PrototypeState.REFUSED)
PAGES = {"edited": "bids.show", "withdrawn": "bids.ranked"}
"""Change of a bid -> page that its client's notification leads to."""


def _on_bid(bid: Bid, **_: Any) -> None:
    announce(news(bid.job.client_id, "bid", "placed", f"bid:{bid.id}", "bids.show", at={"bid_id": bid.id}, bid=bid))


def _on_change(bid: Bid, change: str = "", **_: Any) -> None:
    if change in PAGES:
        key = f"bid:{bid.id}:{change}:{bid.updated_at:%Y%m%dT%H%M%S}"
        at: dict[str, Any] = {"bid_id": bid.id} if change == "edited" else {"slug": bid.job.slug}
        announce(news(bid.job.client_id, "bid", change, key, PAGES[change], at=at, bid=bid))


def _on_decline(bid: Bid, **_: Any) -> None:
    key = f"declined:{bid.id}:{stamp(bid.updated_at)}"
    announce(news(bid.freelancer_id, "outcome", "declined", key, "bids.show", at={"bid_id": bid.id}, bid=bid))


def _on_award(award: Award, **_: Any) -> None:
    """Tell all bidders the outcome, each with their own score."""
    bids = db.session.execute(
        select(Bid.id, Bid.freelancer_id, Bid.rank, Bid.score).where(
            Bid.job_id == award.job.id, Bid.submitted_at.is_not(None), Bid.state != BidState.WITHDRAWN
        )
    ).all()
    contract = contract_of(award.id)
    announce(*(_outcome(award, row.id, row.freelancer_id, _place(row.rank, row.score), contract) for row in bids))


def _outcome(award: Award, bid_id: int, person: int, place: str, contract: Contract | None) -> News:
    won = bid_id == award.bid_id
    page, at = ("bids.show", {"bid_id": bid_id})
    if won and contract:
        page, at = "contracts.show", {"contract_id": contract.id}
    what, key = "won" if won else "lost", f"award:{award.id}:{person}"
    return news(person, "outcome", what, key, page, at=at, title=award.job.title, place=place)


def _place(rank: int | None, score: int | None) -> str:
    return "" if rank is None or score is None else f"Your bid stood at rank {rank} with {score / 1000:.1f} points. "


def _on_opening(job: Job, **_: Any) -> None:
    announce(_of_job(job, job.client_id, "job", "opened", f"opened:{job.id}:{stamp(job.updated_at)}"))


def _on_edit(job: Job, edit: JobEdit, reopened: bool = False, **_: Any) -> None:
    if reopened:
        return  # announced in other words
    announce(
        *(
            _of_job(job, bid.freelancer_id, "job", "edited", f"edited:{edit.id}:{bid.freelancer_id}", "jobs.history",
                    allowed=_what_may_be_done(bid))
            for bid in _placed_bids(job)
        )
    )  # fmt: skip


def _on_reopening(job: Job, **_: Any) -> None:
    """Tell every bidder, without ranks, points or other bids."""
    key = f"reopened:{job.id}:{stamp(job.updated_at)}"
    announce(
        *(
            news(bid.freelancer_id, "job", "reopened", f"{key}:{bid.freelancer_id}", "bids.show",
                 at={"bid_id": bid.id}, job=job, allowed=_what_may_be_done(bid))
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
    if job.state not in (JobState.CLOSED, JobState.CANCELLED, JobState.EXPIRED):
        return
    key = f"ended:{job.id}:{job.state}:{stamp(job.updated_at)}"
    told = [_of_job(job, job.client_id, "job", "ended", f"{key}:client", "bids.ranked")]
    if job.state != JobState.CLOSED:
        told += [
            _of_job(job, bid.freelancer_id, "outcome", "ended", f"{key}:{bid.freelancer_id}")
            for bid in _placed_bids(job)
        ]
    announce(*told)


def _on_message(message: Message, **_: Any) -> None:
    bid = db.session.get_one(Bid, message.bid_id)
    sender = db.session.get_one(User, message.sender_id)
    text = message.text if len(message.text) < 400 else f"{message.text[:400]} ..."
    person, key, at = other_side(sender, bid), f"message:{message.id}", {"bid_id": bid.id}
    announce(news(person, "message", "written", key, "messages.thread", at=at, sender=sender, text=text))


def _on_checks(prototypes: Iterable[LinkState], before: Mapping[int, str], **_: Any) -> None:
    """Tell the owner when a placed bid's link breaks, works again, or fails its first check.

    Drafts cause no news: check results are shown beside them, and their links change often.
    """
    changed = {one.id: one for one in prototypes if _is_news(one.state, before.get(one.id))}
    if changed:
        bids = db.session.scalars(select(Bid).where(Bid.prototype_id.in_(changed), Bid.state.in_(LIVE))).all()
        announce(*(_on_link(bid, changed[bid.prototype_id]) for bid in bids if bid.prototype_id))


def _is_news(state: PrototypeState, before: str | None) -> bool:
    works, fails = state == PrototypeState.LIVE, state in FAILURES
    was = PrototypeState(before) if before else None
    return (fails and was != state) or (works and was in FAILURES)


def _on_link(bid: Bid, prototype: LinkState) -> News:
    what = "works" if prototype.state == PrototypeState.LIVE else "fails"
    key, at = f"prototype:{prototype.id}:{stamp(prototype.checked_at)}", {"bid_id": bid.id}
    facts = {"bid": bid, "summary": prototype.summary}
    return news(bid.freelancer_id, "prototype", what, key, "bids.show", at=at, **facts)


def _on_testimonial(testimonial: Testimonial, **_: Any) -> None:
    person, key = testimonial.user_id, f"testimonial:{testimonial.id}"
    announce(news(person, "testimonial", "written", key, "accounts.testimonials", at={}, testimonial=testimonial))


def _on_pool(pool: Pool, shares: Mapping[int, int], missed: Sequence[int], **_: Any) -> None:
    job, key = pool.job, f"pool:{pool.id}"
    for_client: dict[str, Any] = {
        "missed": missed,
        "shares": len(shares),
        "refunded": pool.hold.refunded if pool.hold else 0,
    }
    announce(
        *(
            _of_job(job, person, "outcome", "pool_shared", f"{key}:{person}", amount=amount)
            for person, amount in shares.items()
        ),
        *(_of_job(job, person, "outcome", "pool_missed", f"{key}:{person}") for person in missed),
        _of_job(job, job.client_id, "job", "pool_settled", f"{key}:client", **for_client),
    )


def _of_job(job: Job, person: int, kind: str, what: str, key: str, page: str = "jobs.show", **facts: Any) -> News:
    return news(person, kind, what, key, page, at={"slug": job.slug}, job=job, **facts)


def _placed_bids(job: Job) -> Sequence[Bid]:
    live = Bid.job_id == job.id, Bid.submitted_at.is_not(None), Bid.state.not_in([BidState.WITHDRAWN, BidState.HIDDEN])
    narrow = load_only(Bid.freelancer_id, Bid.state, Bid.told_at)
    return db.session.scalars(select(Bid).where(*live).options(narrow)).all()


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
