"""Writing and reading messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.core.database import db
from marketplace.core.errors import demand
from marketplace.core.events import message_sent
from marketplace.messages.models import Message
from marketplace.messages.policy import why_not_write


def send_message(bid: Bid, sender: User, text: str, now: datetime) -> Message:
    """Post a message in the bid's thread and notify the other side; the sender has then read all earlier messages."""
    demand(why_not_write(sender, bid))
    message = Message(bid_id=bid.id, sender_id=sender.id, text=text, sent_at=now)
    db.session.add(message)
    mark_read(bid, sender, now)
    db.session.flush()
    message_sent.send(message)
    return message


def mark_read(bid: Bid, reader: User, now: datetime) -> None:
    """Mark all messages of the other side as read."""
    db.session.execute(
        update(Message)
        .where(Message.bid_id == bid.id, Message.sender_id != reader.id, Message.read_at.is_(None))
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
