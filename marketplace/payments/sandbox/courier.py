"""Deliver the sandbox's webhooks: signed bytes through the same entry point as a real provider's."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from flask import current_app
from pydantic_core import to_json

from marketplace.core.backoff import Backoff
from marketplace.core.claims import end_claim
from marketplace.core.database import db
from marketplace.core.sweeps import Claim, Clock, Rows
from marketplace.payments.sandbox.models import SandboxMessage
from marketplace.payments.sandbox.signing import HEADER, sign
from marketplace.payments.services.webhooks import receive

log = logging.getLogger(__name__)

TRY_AGAIN = Backoff(timedelta(seconds=1), timedelta(hours=1), max_tries=12)


def _deliver(claim: Claim[SandboxMessage], clock: Clock) -> None:
    message, now = claim.lock(), clock()
    if message is None:
        return
    is_received = _is_received(to_json(message.payload), now)
    end_claim(message, None if is_received else TRY_AGAIN.next_due(message.attempts, now))


def _is_received(body: bytes, now: datetime) -> bool:
    secret: str = current_app.extensions["settings"].keys("secret_key")[0]
    try:
        with db.session.begin_nested():
            receive(body, {HEADER: sign(body, secret, now)}, now)
    except Exception:  # as with a real provider, retried later
        log.exception("a sandbox message could not be delivered")
        return False
    return True


deliver_due = Rows(SandboxMessage, _deliver, limit=20, is_counted=True)
"""Sweep that delivers each due message."""
