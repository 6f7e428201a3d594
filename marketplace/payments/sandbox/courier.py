"""Delivers the sandbox's messages: signed bytes through the very door that a real provider's webhooks take."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic_core import to_json

from marketplace.core.database import db
from marketplace.core.leases import holds, lease, release
from marketplace.payments.sandbox.models import SandboxMessage
from marketplace.payments.sandbox.signing import HEADER, sign
from marketplace.payments.services.webhooks import receive

log = logging.getLogger(__name__)

LEASE_SECONDS = 60
TRIES = 12


def deliver_due(secret: str, clock: Callable[[], datetime], limit: int = 20) -> int:
    """Deliver up to `limit` due messages, each in a transaction of its own; gives how many were due."""
    leased = lease(SandboxMessage, clock(), limit, LEASE_SECONDS, attempts=SandboxMessage.attempts + 1)
    messages = [(row.id, row.lease_token or "", row.payload, row.attempts) for row in leased]
    db.session.commit()
    for message_id, token, payload, attempts in messages:
        now = clock()
        delivered = _deliver(to_json(payload), secret, now)
        if row := holds(SandboxMessage, message_id, token):
            again = None if delivered or attempts >= TRIES else now + timedelta(seconds=2**attempts)
            release(row, again)
        db.session.commit()
    return len(messages)


def _deliver(body: bytes, secret: str, now: datetime) -> bool:
    try:
        receive(body, {HEADER: sign(body, secret, now)}, now)
        db.session.commit()
    except Exception:  # as a real provider would: it is sent again later
        db.session.rollback()
        log.exception("a sandbox message could not be delivered")
        return False
    return True
