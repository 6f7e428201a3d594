"""The kinds of things that can be reported, and how each is loaded, shown, hidden and restored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.accounts.models import Profile, Testimonial, User
from marketplace.accounts.policy import acts_for, may_see_profile
from marketplace.bids import policy as bids
from marketplace.bids.models import Bid
from marketplace.bids.queries import competes
from marketplace.bids.services.deciding import hide_bid, restore_bid
from marketplace.bids.states import BidState
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.jobs import policy as jobs
from marketplace.jobs.models import Job
from marketplace.jobs.services.lifecycle import remove_job, restore_job
from marketplace.jobs.states import JobState
from marketplace.messages.models import Message
from marketplace.messages.policy import may_read
from marketplace.reviews import policy as reviews
from marketplace.reviews.models import Review
from marketplace.reviews.services.hiding import hide_reply, hide_review, restore_reply, restore_review
from marketplace.watches.models import WorkMatch


@dataclass(frozen=True, slots=True)
class Subject:
    """One reportable thing, for display."""

    kind: str
    id: int
    owner_id: int
    title: str
    text: str
    path: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """Moderation's interface to a kind of thing."""

    model: type[Any]
    describe: Callable[[Any], Subject]
    may_see: Callable[[User | None, Any], bool]
    hide: Callable[[User, Any, str, datetime], None] | None = None
    """None for things that we can't hide."""
    restore: Callable[[User, Any, datetime], None] | None = None


def _job(job: Job) -> Subject:
    hidden = job.state == JobState.REMOVED
    return Subject("job", job.id, job.client_id, f"Job: {job.title}", job.spec, f"/jobs/{job.slug}", hidden)


def _bid(bid: Bid) -> Subject:
    title = f"Bid by {bid.freelancer.name} on {bid.job.title}"
    text = "\n\n".join(part for part in (bid.note, bid.credits, bid.prototype_url) if part)
    return Subject("bid", bid.id, bid.freelancer_id, title, text, f"/bids/{bid.id}", bid.state == BidState.HIDDEN)


def _profile(profile: Profile) -> Subject:
    user = profile.user
    text = f"{profile.headline}\n\n{profile.about}"
    hidden = profile.hidden_at is not None
    return Subject("profile", user.id, user.id, f"Profile of {user.name}", text, f"/people/{user.slug}", hidden)


def _message(message: Message) -> Subject:
    title, path = f"Message by {message.sender.name}", f"/bids/{message.bid_id}/messages"
    return Subject("message", message.id, message.sender_id, title, message.text, path, message.hidden_at is not None)


def _testimonial(words: Testimonial) -> Subject:
    title, path = f"Testimonial by {words.author_name} about {words.user.name}", f"/people/{words.user.slug}"
    return Subject("testimonial", words.id, words.user_id, title, words.text, path, words.hidden_at is not None)


def _site(match: WorkMatch) -> Subject:
    bid = match.watch.bid
    title, text = (
        f"Site of {bid.job.client.name}, like a rejected prototype",
        match.watch.site.url if match.watch.site else "",
    )
    return Subject("site", match.id, bid.job.client_id, title, text, f"/bids/{bid.id}", is_hidden=False)


def _review(review: Review) -> Subject:
    title = f"Review by {review.author.name} of {review.subject.name}"
    hidden = review.hidden_at is not None
    return Subject("review", review.id, review.author_id, title, review.text, f"/reviews/{review.id}", hidden)


def _reply(review: Review) -> Subject:
    title, path = f"Reply by {review.subject.name} to {review.author.name}", f"/reviews/{review.id}"
    hidden = review.reply_hidden_at is not None
    return Subject("reply", review.id, review.subject_id, title, review.reply, path, hidden)


def _see_bid(person: User | None, bid: Bid) -> bool:
    return bids.may_see(person, bid, competes=competes(person, bid.job))


def _see_profile(person: User | None, profile: Profile) -> bool:
    return may_see_profile(person, profile.user)


def _see_message(person: User | None, message: Message) -> bool:
    return may_read(person, message.bid)


def _see_testimonial(person: User | None, words: Testimonial) -> bool:
    shown = words.written_at is not None and words.hidden_at is None and words.owner_hid_at is None
    return shown and may_see_profile(person, words.user)


def _see_review(person: User | None, review: Review) -> bool:
    return reviews.may_see(person, review)


def _see_reply(person: User | None, review: Review) -> bool:
    return reviews.may_see_reply(person, review)


def _mark_hidden(_admin: User, thing: Any, reason: str, now: datetime) -> None:
    thing.hidden_at, thing.hidden_reason = now, reason


def _unmark_hidden(_admin: User, thing: Any, _now: datetime) -> None:
    thing.hidden_at = thing.hidden_reason = None


def _see_nothing(_person: User | None, _thing: Any) -> bool:
    """For kinds that nobody can report by hand."""
    return False


KINDS: dict[str, SubjectKind] = {
    "job": SubjectKind(Job, _job, jobs.may_see, remove_job, restore_job),
    "bid": SubjectKind(Bid, _bid, _see_bid, hide_bid, restore_bid),
    "profile": SubjectKind(Profile, _profile, _see_profile, _mark_hidden, _unmark_hidden),
    "message": SubjectKind(Message, _message, _see_message, _mark_hidden, _unmark_hidden),
    "testimonial": SubjectKind(Testimonial, _testimonial, _see_testimonial, _mark_hidden, _unmark_hidden),
    "site": SubjectKind(WorkMatch, _site, _see_nothing),
    "review": SubjectKind(Review, _review, _see_review, hide_review, restore_review),
    "reply": SubjectKind(Review, _reply, _see_reply, hide_reply, restore_reply),
}


def thing_of(kind: str, subject_id: int) -> Any:
    """Return the row itself; raises NotFound."""
    thing = db.session.get(KINDS[kind].model, subject_id) if kind in KINDS else None
    if thing is None:
        raise NotFound("There is no such thing to report.")
    return thing


def subject_of(kind: str, subject_id: int) -> Subject:
    """Return the thing for display; raises NotFound."""
    return KINDS[kind].describe(thing_of(kind, subject_id))


def reportable(person: User, kind: str, subject_id: int) -> Subject:
    """Return the thing if this person may see it and does not own it; raises NotFound."""
    thing = thing_of(kind, subject_id)
    subject = KINDS[kind].describe(thing)
    if acts_for(person, subject.owner_id) or not KINDS[kind].may_see(person, thing):
        raise NotFound("There is no such thing to report.")
    return subject
