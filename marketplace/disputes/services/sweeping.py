"""Handle expired deadlines of disputes: record a missing answer, or make a ruling final."""

from __future__ import annotations

from datetime import datetime, timedelta

from marketplace.contracts.services.timeline import note
from marketplace.core.claims import end_claim
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.core.events import dispute_changed
from marketplace.core.sweeps import Claim, Clock, Rows
from marketplace.disputes.models import Dispute
from marketplace.disputes.services.locking import lock_dispute, step
from marketplace.disputes.services.ruling import make_final
from marketplace.disputes.states import CLOCK, DisputeState

ASK_THE_BANK_AGAIN = timedelta(hours=6)
"""Delay before retrying a ruling whose money is frozen by the payer's bank."""


def _see_to(claim: Claim[Dispute], clock: Clock) -> None:
    dispute, now = lock_dispute(db.session.get_one(Dispute, claim.id)), clock()
    if dispute.lease_token != claim.token or dispute.due_at is None or dispute.due_at > now:
        return  # claimed by another worker, or changed meanwhile
    if dispute.state == DisputeState.OPEN:
        _note_silence(dispute, now)
    elif dispute.state == DisputeState.RULED:
        _become_final(dispute, now)
    else:
        end_claim(dispute, None)


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
        end_claim(dispute, now + ASK_THE_BANK_AGAIN)


do_due = Rows(Dispute, _see_to, limit=20)
"""Sweep that handles each due dispute once."""
