"""Receive webhooks: verified, stored once, and used as hints to ask the provider.

Contents are not trusted but looked up, so duplicates, reordering and outdated messages have no effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import or_, select, update

from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.core.upserts import insert_once
from marketplace.payments.models import Charge, Movement, PayoutAccount, WebhookEvent
from marketplace.payments.models.asking import Asked
from marketplace.payments.providers.protocol import Event
from marketplace.payments.setup import payments


def receive(body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """Store the message and have its subject looked up; False for a duplicate. Raises BadSignature."""
    provider = payments().provider
    event = provider.verify(body, headers)
    values = {
        "provider": provider.name, "event_id": event.id, "kind": event.kind, "subject": event.subject,
        "reference": event.reference, "payload": event.payload, "received_at": now,
        "handled_at": now if event.subject else None,
    }  # fmt: skip
    if not insert_once(WebhookEvent, values, "provider", "event_id"):
        return False
    _hint(provider.name, event, now)
    return True


def _hint(provider: str, event: Event, now: datetime) -> None:
    """Make the rows due that the message is about."""
    models: dict[str, type[Asked]] = {"charge": Charge, "movement": Movement, "account": PayoutAccount}
    model = models.get(event.subject)
    if model is None:
        return
    if model is Charge:
        about = or_(Charge.token == event.reference, Charge.payment_reference == event.reference)
        mine = select(Charge.id).where(Charge.provider == provider, about)
    elif model is Movement:
        mine = select(Movement.id).where(Movement.provider == provider, Movement.provider_reference == event.reference)
    else:
        mine = select(PayoutAccount.id).where(
            PayoutAccount.provider == provider, PayoutAccount.reference == event.reference
        )
    hint_rows(model, list(db.session.scalars(mine)), now)


def hint_rows(model: type[Asked], ids: list[int], now: datetime) -> None:
    """Make these rows due now and restart their backoff."""
    db.session.execute(
        update(model)
        .where(model.id.in_(ids))
        .values(due_at=now, attempts=0, hints=model.hints + 1)
        .execution_options(synchronize_session=False)
    )
    doorbell.ring(doorbell.MOVE_MONEY)
