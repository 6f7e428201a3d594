"""Webhook messages, stored once by event id; the current state is then requested from the provider."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base


class WebhookEvent(Base):
    """A provider's message; only a hint to look up `reference`, so the order of arrival does not matter."""

    __tablename__ = "webhook_events"
    __table_args__ = (UniqueConstraint("provider", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(10))
    """charge | movement | account, or "" if it concerns nothing here."""
    reference: Mapped[str] = mapped_column(String(255))
    """The subject's id at the provider."""
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    """None if it concerned nothing here."""
