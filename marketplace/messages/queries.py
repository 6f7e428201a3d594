"""Reading a thread."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, lazyload

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.pages import KeysetPage, page_of
from marketplace.jobs.models import Job
from marketplace.messages.models import Message
from marketplace.messages.policy import may_read


def thread_for(person: User, bid_id: int) -> Bid:
    """Return the bid whose thread this person may read; raises NotFound."""
    people = joinedload(Bid.freelancer).options(lazyload(User.roles))
    job = joinedload(Bid.job).options(joinedload(Job.client).options(lazyload(User.roles)))
    bid = db.session.scalar(select(Bid).where(Bid.id == bid_id).options(people, job))
    if bid is None or not may_read(person, bid):
        raise NotFound("There is no such thread.")
    return bid


def messages_of(bid_id: int, cursor: str | None) -> KeysetPage[Message]:
    """Return the thread's messages, newest first."""
    thread = select(Message).where(Message.bid_id == bid_id)
    senders = joinedload(Message.sender).options(lazyload(User.roles))
    return page_of(thread.options(senders), [Message.id], cursor, size=30)


def unread_in(bid_id: int, reader: User) -> int:
    """Count the other side's messages that this person has not read."""
    unread = select(func.count()).where(
        Message.bid_id == bid_id, Message.sender_id != reader.id, Message.read_at.is_(None)
    )
    return db.session.scalar(unread) or 0
