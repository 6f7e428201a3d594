"""What a provider told us, kept once by its id; the truth is then asked of the provider."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base


class WebhookEvent(Base):
    """One message of a provider; only a hint that `reference` is worth a look, whatever order they come in."""

    __tablename__ = "webhook_events"
    __table_args__ = (UniqueConstraint("provider", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(10))
    """charge | movement | account, or "" when it is nothing of ours."""
    reference: Mapped[str] = mapped_column(String(255))
    """The subject's id with the provider."""
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    """None: it was about nothing of ours."""
