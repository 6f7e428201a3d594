"""An award as stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.bids.models import Bid
from marketplace.core.database import Base
from marketplace.jobs.models import Job


class Award(Base):
    """The one winning bid of a job, with the price as it was when the client confirmed it."""

    __tablename__ = "awards"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), unique=True)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bids.id"), unique=True)
    awarded_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    awarded_at: Mapped[datetime]
    price: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))

    job: Mapped[Job] = relationship()
    bid: Mapped[Bid] = relationship()
