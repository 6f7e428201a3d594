"""Does what is due in disputes, each once and in a transaction of its own: silence, and rulings that become final."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from marketplace.contracts.services import note
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.core.events import dispute_changed
from marketplace.core.leases import lease, release
from marketplace.disputes.models import Dispute
from marketplace.disputes.services.holding import hold, step
from marketplace.disputes.services.ruling import make_final
from marketplace.disputes.states import CLOCK, DisputeState

log = logging.getLogger(__name__)

LEASE_SECONDS = 60
ASK_THE_BANK_AGAIN = timedelta(hours=6)
"""A ruling whose money the payer's bank has frozen is tried again after so long."""


def do_due(clock: Callable[[], datetime], limit: int = 20) -> int:
    """See to up to `limit` due disputes; gives how many there were. Commits after each, so that none waits.

    One that fails is logged and comes back when its lease runs out; the others are not held up.
    """
    leased = [(row.id, row.lease_token or "") for row in lease(Dispute, clock(), limit, LEASE_SECONDS)]
    db.session.commit()
    for dispute_id, token in leased:
        try:
            _do(dispute_id, token, clock())
            db.session.commit()
        except Exception:  # it comes back when its lease runs out; the others are not held up
            db.session.rollback()
            log.exception("a dispute could not be seen to", extra={"dispute_id": dispute_id})
    return len(leased)


def _do(dispute_id: int, token: str, now: datetime) -> None:
    dispute = hold(db.session.get_one(Dispute, dispute_id))
    if dispute.lease_token != token or dispute.due_at is None or dispute.due_at > now:
        return  # another worker took it, or somebody acted meanwhile
    if dispute.state == DisputeState.OPEN:
        _note_silence(dispute, now)
    elif dispute.state == DisputeState.RULED:
        _become_final(dispute, now)
    else:
        release(dispute, None)


def _note_silence(dispute: Dispute, now: datetime) -> None:
    step(dispute, DisputeState.NO_REPLY, CLOCK, now)
    milestone = dispute.milestone
    sentence = f"Nobody answered the dispute about “{milestone.title}” in time; an admin rules on what is there."
    note(milestone.contract, "no_reply", sentence, now, milestone=milestone)
    dispute_changed.send(dispute, what="no_reply", by=None)


def _become_final(dispute: Dispute, now: datetime) -> None:
    try:
        with db.session.begin_nested():
            make_final(dispute, CLOCK, now)
    except Conflict:
        db.session.refresh(dispute)
        release(dispute, now + ASK_THE_BANK_AGAIN)
