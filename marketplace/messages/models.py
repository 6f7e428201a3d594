"""A message as stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.core.database import Base


class Message(Base):
    """One message in a bid's thread."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_bid_id_id", "bid_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bids.id"))
    sender_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(Text)

    bid: Mapped[Bid] = relationship()
    sender: Mapped[User] = relationship()
